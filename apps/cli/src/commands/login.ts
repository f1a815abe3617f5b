import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text as readAll } from 'node:stream/consumers';
import { DEFAULT_REGISTRY, saveCredentials } from '../credentials.ts';
import { Exit } from '../exit.ts';
import { text, toggle } from '../flags/flag.ts';
import { type Context, defineVerb } from '../verb.ts';

export const verb = defineVerb({
  usage: '[OPTIONS] [SERVER]',
  flags: {
    password: text('p', 'Password'),
    'password-stdin': toggle('', 'Take the password from stdin'),
    username: text('u', 'Username'),
  },
  ...{ least: 0, most: 1 },
  run: async (context, { values, args }) => {
    const server = args[0] ?? DEFAULT_REGISTRY;
    if (values.password !== undefined && values['password-stdin'])
      throw new Exit(1, '--password and --password-stdin are mutually exclusive');
    if (values['password-stdin'] && !values.username)
      throw new Exit(1, 'Must provide --username with --password-stdin');
    if (values.password !== undefined)
      context.stderr.write('WARNING! Using --password via the CLI is insecure. Use --password-stdin.\n');
    const username = values.username ?? (await ask(context, 'Username: ', false));
    const password = values['password-stdin']
      ? (await readAll(context.stdin)).replace(/\r?\n$/, '')
      : (values.password ?? (await ask(context, 'Password: ', true)));
    const body = { username, password, serveraddress: server };
    const { Status, IdentityToken } = await (await context.engine()).call('SystemAuth', { body });
    saveCredentials(server, { ...body, identitytoken: IdentityToken });
    context.stdout.write(`${Status || 'Login Succeeded'}\n`);
    return 0;
  },
});

/** A line from the terminal; a secret one is not echoed. */
async function ask({ stdin, stdout }: Context, question: string, secret: boolean): Promise<string> {
  if (!stdin.isTTY) throw new Exit(1, 'Error: Cannot perform an interactive login from a non TTY device');
  stdout.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output: secret ? nowhere : stdout, terminal: true });
  try {
    return await lines.question('');
  } finally {
    lines.close();
    if (secret) stdout.write('\n');
  }
}
