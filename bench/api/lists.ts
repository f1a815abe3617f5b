/** How many lists of containers an engine answers in a second. */
import { succeed } from '../../test/command.ts';
import type { Contender } from '../contender.ts';
import { fill } from '../fill.ts';

const seconds = 4;
const connections = 16;

/** The asker is a process of its own: what it costs must not be the engine's. */
const asker = (socket: string): string => `
  const http = require('node:http');
  const agent = new http.Agent({ keepAlive: true, maxSockets: ${connections} });
  let answers = 0;
  const ask = () => http.get({ socketPath: '${socket}', path: '/containers/json', agent }, (response) => {
    let bytes = 0;
    response.on('data', (part) => { bytes += part.length; });
    response.on('end', () => {
      if (response.statusCode !== 200 || bytes < 1000) throw new Error('no list');
      answers++;
      ask();
    });
  });
  for (let i = 0; i < ${connections}; i++) ask();
  setTimeout(() => { answers = 0; }, 1000);
  setTimeout(() => { console.log(answers / ${seconds}); process.exit(0); }, ${seconds * 1000 + 1000});`;

/** Answers a second, with so many containers in the list. */
export async function listRate(contender: Contender, containers: number): Promise<number> {
  await fill(contender, containers);
  return Number(await succeed([process.execPath, '-e', asker(contender.socket)]));
}
