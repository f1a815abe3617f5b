import { checksum } from './decode.ts';
import { ATTRIBUTE_KEY, BLOCK, FIELDS, type Field, FLAGS, padding, type TarEntry } from './entry.ts';

/** Two blocks of zeros. */
export const ARCHIVE_END: Buffer = Buffer.alloc(2 * BLOCK);

/** The header blocks of an entry: ustar, after a pax header where ustar has no room. */
export function encodeHeader(entry: TarEntry): Buffer {
  const name = entry.type === 'directory' && !entry.name.endsWith('/') ? `${entry.name}/` : entry.name;
  const records = paxRecords({ ...entry, name });
  const header = ustar({ ...entry, name }, FLAGS[entry.type]);
  if (records.length === 0) return header;
  const mode = { uid: 0, gid: 0, mode: 0o644, mtime: 0, link: '', major: 0, minor: 0 };
  const extended = ustar({ ...entry, ...mode, name: `PaxHeaders.0/${name}`, size: records.length }, 'x');
  return Buffer.concat([extended, records, Buffer.alloc(padding(records.length)), header]);
}

/** Zeros up to the next block. */
export function encodePadding(size: number): Buffer {
  return Buffer.alloc(padding(size));
}

function ustar(entry: TarEntry, flag: string): Buffer {
  const block = Buffer.alloc(BLOCK);
  const put = (field: Field, text: string) => {
    const [offset, length] = FIELDS[field];
    block.write(text, offset, length, 'latin1');
  };
  const [prefix, name] = split(entry.name);
  put('name', name);
  put('prefix', prefix);
  put('link', entry.link);
  for (const field of ['mode', 'uid', 'gid', 'size', 'mtime', 'major', 'minor'] as const) {
    const digits = FIELDS[field][1] - 1;
    const value = Math.max(0, Math.floor(entry[field]));
    put(field, (value < 8 ** digits ? value : 0).toString(8).padStart(digits, '0'));
  }
  put('flag', flag);
  put('magic', 'ustar\x0000');
  put('checksum', `${checksum(block).toString(8).padStart(6, '0')}\0 `);
  return block;
}

/** A name of over 100 bytes is split at a slash, 155 bytes at most before it. */
function split(name: string): [prefix: string, name: string] {
  if (name.length <= 100) return ['', name];
  const slash = name.indexOf('/', name.length - 101);
  if (slash < 1 || slash > 155 || slash === name.length - 1) return ['', name.slice(0, 100)];
  return [name.slice(0, slash), name.slice(slash + 1)];
}

/** Records for what ustar cannot hold. A time before 1970 or with a fraction is worth one, too. */
function paxRecords(entry: TarEntry): Buffer {
  const records: Buffer[] = [];
  const [prefix, name] = split(entry.name);
  if ((prefix ? `${prefix}/` : '') + name !== entry.name) records.push(record('path', latin(entry.name)));
  if (entry.link.length > 100) records.push(record('linkpath', latin(entry.link)));
  for (const field of ['uid', 'gid', 'size'] as const) {
    if (entry[field] >= 8 ** (FIELDS[field][1] - 1)) records.push(record(field, latin(String(entry[field]))));
  }
  if (!Number.isInteger(entry.mtime) || entry.mtime < 0) {
    records.push(record('mtime', latin(entry.mtime.toFixed(6).replace(/\.?0+$/, ''))));
  }
  for (const key of Object.keys(entry.attributes).sort()) {
    records.push(record(ATTRIBUTE_KEY + key, Buffer.from(entry.attributes[key] as Uint8Array)));
  }
  return Buffer.concat(records);
}

function latin(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/** `LENGTH KEY=VALUE\n`, where the length counts its own digits. */
function record(key: string, value: Buffer): Buffer {
  const rest = 1 + key.length + 1 + value.length + 1;
  let length = rest + String(rest).length;
  if (rest + String(length).length !== length) length++;
  return Buffer.concat([latin(`${length} ${key}=`), value, latin('\n')]);
}
