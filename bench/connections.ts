/** What a new connection to a published port costs. */
import { succeed } from '../test/command.ts';
import { until } from '../test/until.ts';
import type { Contender } from './contender.ts';
import { inside } from './place.ts';

const count = 400;

/** Median microseconds from connect to the answer of the container's kernel, asked from outside. */
export async function connectTime({ outside, lab }: Contender, port: number): Promise<number> {
  const script = `
    const { connect } = require('node:net');
    const once = () => new Promise((done, fail) => {
      const began = process.hrtime.bigint();
      const socket = connect(${port}, '${lab.addresses.host}', () => {
        const taken = Number(process.hrtime.bigint() - began) / 1000;
        // The next one waits for the server's end: busybox's httpd has a short queue, and a full one drops SYNs.
        socket.once('close', () => done(taken));
        socket.end('GET / HTTP/1.0\\r\\n\\r\\n');
        socket.resume();
      });
      socket.on('error', fail);
    });
    (async () => {
      const times = [];
      for (let i = 0; i < ${count}; i++) times.push(await once());
      console.log(times.sort((a, b) => a - b)[${count / 2}]);
    })();`;
  const ask = inside(outside, [process.execPath, '-e', script]);
  return Number(await until('connections succeed', () => succeed(ask)));
}
