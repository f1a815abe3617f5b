/** The resolver of a user network, asked from one container. */
import { command, succeed } from '../../test/command.ts';
import type { Topic } from '../topic.ts';

const seconds = 5;
const inFlight = 64;

/** Asks for one name over and over, `inFlight` at once; prints answers per second and the 99th percentile in ms. */
const asker = `
  const socket = require('node:dgram').createSocket('udp4');
  const query = Buffer.from([0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 6, 116, 97, 114, 103, 101, 116, 0, 0, 1, 0, 1]);
  const sent = new Map();
  const times = [];
  let next = 0;
  const ask = () => {
    const id = next++ % 65536;
    const copy = Buffer.from(query);
    copy.writeUInt16BE(id, 0);
    sent.set(id, process.hrtime.bigint());
    socket.send(copy, 53, '127.0.0.11');
  };
  socket.on('message', (answer) => {
    const id = answer.readUInt16BE(0);
    if (answer.readUInt16BE(6) < 1) throw new Error('no answer in the answer');
    times.push(Number(process.hrtime.bigint() - sent.get(id)) / 1e6);
    ask();
  });
  for (let i = 0; i < ${inFlight}; i++) ask();
  setTimeout(() => {
    times.sort((a, b) => a - b);
    console.log(JSON.stringify([times.length / ${seconds}, times[Math.floor(times.length / 2)], times[Math.floor(times.length * 0.99)]]));
    process.exit(0);
  }, ${seconds * 1000});`;

export const names: Topic = {
  title: 'names: answers of the resolver on 127.0.0.11 to one container',
  contenders: ['pontoon', 'dockerd'],
  measure: async (contenders) => {
    const rows: (string | number)[][] = [];
    for (const { name, docker } of contenders) {
      await docker('network', 'create', 'grove');
      await docker('run', '-d', '--name', 'target', '--network', 'grove', 'busybox', 'sleep', '1000000');
      const id = await docker('run', '-d', '--network', 'grove', 'busybox', 'sleep', '1000000');
      const pid = await docker('inspect', '-f', '{{.State.Pid}}', id);
      const ask = ['nsenter', `--net=/proc/${pid}/ns/net`, process.execPath, '-e', asker];
      await command(ask); // warm
      const figures = JSON.parse(await succeed(ask)) as number[];
      rows.push([name, ...figures]);
    }
    return {
      columns: ['engine', 'answers a second', 'median, ms', '99th percentile, ms'],
      rows,
      notes: [
        `One UDP socket with ${inFlight} questions in flight for ${seconds} s; the asker takes a processor of its own.`,
      ],
    };
  },
};
