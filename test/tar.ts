/** Tars as a test wants them, hostile ones too: ustar headers, attributes in a pax header before. */
export interface TarPart {
  name: string;
  type: 'file' | 'link' | 'symlink' | 'character' | 'directory';
  content?: string;
  mode?: number;
  uid?: number;
  link?: string;
  major?: number;
  minor?: number;
  attributes?: Record<string, Uint8Array>;
}

const FLAGS = { file: '0', link: '1', symlink: '2', character: '3', directory: '5' };

export function tarBytes(...parts: TarPart[]): Buffer {
  return Buffer.concat([...parts.map(partBytes), Buffer.alloc(1024)]);
}

function partBytes(part: TarPart): Buffer {
  const { content = '', attributes = {} } = part;
  const records = Object.entries(attributes).map(([name, value]) => record(`SCHILY.xattr.${name}`, value));
  const extended = Buffer.concat(records);
  const before = records.length > 0 ? [header('pax', 'x', extended.length), padded(extended)] : [];
  const bytes = Buffer.from(content);
  return Buffer.concat([...before, header(part.name, FLAGS[part.type], bytes.length, part), padded(bytes)]);
}

function header(name: string, flag: string, size: number, o: Partial<TarPart> = {}): Buffer {
  const block = Buffer.alloc(512);
  const octal = (value: number, at: number, digits: number) =>
    block.write(value.toString(8).padStart(digits, '0'), at);
  block.write(name, 0, 100);
  octal(o.mode ?? (flag === '5' ? 0o755 : 0o644), 100, 7);
  octal(o.uid ?? 0, 108, 7);
  octal(0, 116, 7);
  octal(size, 124, 11);
  octal(0, 136, 11);
  block.write(flag, 156);
  block.write(o.link ?? '', 157, 100);
  block.write('ustar\x0000', 257);
  octal(o.major ?? 0, 329, 7);
  octal(o.minor ?? 0, 337, 7);
  block.fill(' ', 148, 156);
  octal(
    block.reduce((sum, byte) => sum + byte, 0),
    148,
    6,
  );
  block.fill(0, 154, 155);
  return block;
}

/** `LENGTH KEY=VALUE\n`, the length counting itself. */
function record(key: string, value: Uint8Array): Buffer {
  const rest = key.length + value.length + 3;
  const length = rest + String(rest + String(rest).length).length;
  return Buffer.concat([Buffer.from(`${length} ${key}=`), value, Buffer.from('\n')]);
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}
