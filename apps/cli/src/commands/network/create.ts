import { list, map, text, toggle } from '../../flags/flag.ts';
import { printPlan } from '../../output/plan.ts';
import { readLabels } from '../../request/environment.ts';
import { networkBody } from '../../request/network.ts';
import { defineVerb } from '../../verb.ts';

const commaList = (summary: string) => list('', summary, undefined, { placeholder: 'strings' });

export const networkFlags = {
  attachable: toggle('', 'Enable manual container attachment'),
  'aux-address': map('', 'Auxiliary IPv4 or IPv6 addresses used by Network driver'),
  'config-from': text('', 'The network from which to copy the configuration'),
  'config-only': toggle('', 'Create a configuration only network'),
  driver: text('d', 'Driver to manage the Network', { shown: '"bridge"' }),
  'dry-run': toggle('', 'Print what would change in the kernel, and change nothing'),
  gateway: commaList('IPv4 or IPv6 Gateway for the master subnet'),
  internal: toggle('', 'Restrict external access to the network'),
  'ip-range': commaList('Allocate container ip from a sub-range'),
  'ipam-driver': text('', 'IP Address Management Driver', { shown: '"default"' }),
  'ipam-opt': map('', 'Set IPAM driver specific options'),
  ipv4: toggle('', 'Enable or disable IPv4 address assignment', true),
  ipv6: toggle('', 'Enable or disable IPv6 address assignment'),
  label: list('', 'Set metadata on a network'),
  opt: map('o', 'Set driver specific options'),
  scope: text('', "Control the network's scope"),
  subnet: commaList('Subnet in CIDR format that represents a network segment'),
};

export const verb = defineVerb({
  usage: '[OPTIONS] NETWORK',
  ...{ flags: networkFlags, least: 1, most: 1 },
  run: async (context, { values, args, given }) => {
    const body = networkBody({
      ...{ name: args[0]!, driver: values.driver ?? 'bridge', labels: readLabels([], values.label) },
      ...{
        subnets: split(values.subnet),
        ranges: split(values['ip-range']),
        gateways: split(values.gateway),
      },
      ...{ auxiliary: values['aux-address'], options: values.opt, ipamOptions: values['ipam-opt'] },
      ...{ ipamDriver: values['ipam-driver'] ?? 'default', scope: values.scope },
      ...{ internal: values.internal, attachable: values.attachable },
      ...{ configFrom: values['config-from'], configOnly: values['config-only'] },
      ipv4: given.has('ipv4') ? values.ipv4 : undefined,
      ipv6: given.has('ipv6') ? values.ipv6 : undefined,
    });
    const engine = await context.engine();
    if (values['dry-run']) return printPlan(context, await engine.call('NetworkPlan', { body }));
    const { Id, Warning } = await engine.call('NetworkCreate', { body });
    if (Warning) context.stderr.write(`WARNING: ${Warning}\n`);
    context.stdout.write(`${Id}\n`);
    return 0;
  },
});

const split = (given: string[]): string[] => given.flatMap((each) => each.split(','));
