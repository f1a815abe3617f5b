import { Exit } from '../../exit.ts';
import { text } from '../../flags/flag.ts';
import { checkMac } from '../../request/networks.ts';
import { defineVerb } from '../../verb.ts';

/** What the script pipework does by hand: a veth pair between a running container and a bridge. */
export const verb = defineVerb({
  usage: '[OPTIONS] CONTAINER',
  flags: {
    address: text('', 'Address with prefix length, and gateway: 192.168.1.1/24[@192.168.1.254]'),
    bridge: text('', 'Bridge on the host; made where it does not exist'),
    interface: text('', 'Name inside the container (default: the first free ethN)'),
    mac: text('', 'MAC address of the interface', { alias: 'mac-address' }),
  },
  ...{ least: 1, most: 1 },
  run: async (context, { values, args }) => {
    if (!values.bridge) throw new Exit(125, 'pontoon: which bridge? give --bridge NAME');
    const [address, gateway] = (values.address ?? '').split('@');
    const attachment = await (await context.engine()).call('AttachmentCreate', {
      parameters: { id: args[0]! },
      body: {
        Bridge: values.bridge,
        ...(values.interface ? { Interface: values.interface } : {}),
        ...(address ? { Address: address } : {}),
        ...(gateway ? { Gateway: gateway } : {}),
        ...(values.mac ? { MacAddress: checkMac(values.mac) } : {}),
      },
    });
    context.stdout.write(`${attachment.Interface}\n`);
    return 0;
  },
});
