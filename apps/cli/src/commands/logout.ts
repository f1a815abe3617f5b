import { DEFAULT_REGISTRY, dropCredentials } from '../credentials.ts';
import { defineVerb } from '../verb.ts';

export const verb = defineVerb({
  usage: '[SERVER]',
  ...{ flags: {}, least: 0, most: 1 },
  run: async ({ stdout }, { args }) => {
    const server = args[0] ?? DEFAULT_REGISTRY;
    const said = dropCredentials(server) ? 'Removing login credentials for' : 'Not logged in to';
    stdout.write(`${said} ${server}\n`);
    return 0;
  },
});
