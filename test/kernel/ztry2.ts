import { HostNetwork } from '@pontoon/network';

const runRoot = process.argv[2]!;
const n = await HostNetwork.open({
  runRoot,
  bridge: 'pontoon0',
  pools: [],
  log: (l, x) => console.log('LOG', l, x),
  owner: 'me',
});
console.log(
  n
    .reconcile({ networks: [], sandboxes: [] })
    .map((f) => `${f.kind} ${f.subject} ${f.problem} ${f.repaired}`)
    .join('\n'),
);
console.log(n.check());
n.close();
