import { isIPv6 } from 'node:net';
import type { Attachment, Sandbox } from '../intent.ts';
import { aliasOf, type Owner } from '../names.ts';
import type { Plan } from '../plan.ts';
import type { Wire } from './wire.ts';

/**
 * `network attach`: what the script pipework does. One more interface in a running container, on any bridge of the
 * host, which is made where it does not exist; an address and a default gateway where they are wanted.
 * @param wire that of the network whose bridge it is; of any other bridge nothing is known, and nothing changed
 */
export function attachmentPlan(
  sandbox: Sandbox,
  attachment: Attachment,
  owner: Owner,
  wire: Wire = {},
): Plan {
  const { bridge, hostLink, interface: name, mac, address, gateway } = attachment;
  const place = { where: sandbox.path, link: name };
  const [text = '', length = ''] = (address ?? '').split('/');
  const ipv6 = isIPv6(text);
  return [
    { kind: 'bridge', name: bridge, alias: aliasOf(owner, 'attach'), adopt: true },
    { kind: 'up', link: bridge },
    {
      ...{ kind: 'veth', name: hostLink, bridge, isolated: false, alias: aliasOf(owner, attachment.id) },
      ...{ mtu: wire.mtu, offload: wire.offload, segments: wire.outward?.segments },
      inside: { namespace: sandbox.path, name, mac, ipv6 },
    },
    { kind: 'up', ...place },
    ...(address ? [{ kind: 'address' as const, ...place, address: text, prefixLength: Number(length) }] : []),
    ...(gateway
      ? [
          {
            ...{ kind: 'route' as const, ...place, destination: ipv6 ? '::/0' : '0.0.0.0/0', gateway },
            mtu: wire.outward?.mtu[ipv6 ? 6 : 4],
          },
        ]
      : []),
  ];
}
