// Has a container made, and is killed on the way: `node FILE RUN_ROOT ROOTFS ID MILLISECONDS`, counted from the moment when
// the runtime's part begins.
import { buildSpec, Containers, detectRuntime } from '@pontoon/oci';

const [runRoot = '', rootfs = '', id = '', after_ms = '0'] = process.argv.slice(2);
const containers = new Containers({ runtime: await detectRuntime({ runRoot }), runRoot });
const die = () => process.kill(process.pid, 'SIGKILL');
const spec = () => {
  setTimeout(die, Number(after_ms));
  const user = { uid: 0, gid: 0 };
  return buildSpec({ id, args: ['sleep', '600'], env: ['PATH=/bin'], cwd: '/', user, rootfs });
};
await containers.create({ id, spec, terminal: false, stdin: false });
setTimeout(die);
