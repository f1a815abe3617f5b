import { integer, list, text } from '../../flags/flag.ts';
import { readNetwork, settingsOf } from '../../request/networks.ts';
import { defineVerb } from '../../verb.ts';

const strings = (summary: string) => list('', summary, undefined, { placeholder: 'strings' });

export const verb = defineVerb({
  usage: '[OPTIONS] NETWORK CONTAINER',
  flags: {
    alias: strings('Add network-scoped alias for the container'),
    'driver-opt': strings('driver options for the network'),
    'gw-priority': integer(
      '',
      'Highest gw-priority provides the default gateway. Accepts positive and negative values.',
    ),
    ip: text('', 'IPv4 address (e.g., "172.30.100.104")'),
    ip6: text('', 'IPv6 address (e.g., "2001:db8::33")'),
    link: list('', 'Add link to another container'),
    'link-local-ip': strings('Add a link-local address for the container'),
    'mac-address': text('', 'MAC address (e.g., "92:d0:c6:0a:29:33")'),
  },
  ...{ least: 2, most: 2 },
  run: async (context, { values, args }) => {
    const [network = '', container = ''] = args;
    const options = values['driver-opt'].map(
      (option) => readNetwork(`name=x,driver-opt=${option}`).driverOptions,
    );
    const settings = settingsOf({
      ...{ target: network, aliases: values.alias, links: values.link, linkLocal: values['link-local-ip'] },
      ...{ address4: values.ip, address6: values.ip6, mac: values['mac-address'] },
      ...{ priority: values['gw-priority'], driverOptions: Object.assign({}, ...options) },
    });
    await (await context.engine()).call('NetworkConnect', {
      ...{ parameters: { id: network }, body: { Container: container, EndpointConfig: settings } },
    });
    return 0;
  },
});
