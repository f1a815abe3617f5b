import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatList } from './list.ts';
import { formatPorts } from './ports.ts';
import { alignColumns } from './table.ts';

const listing = {
  rows: [
    { ID: 'a1', Name: 'web', Label: (key: unknown) => `${key}!` },
    { ID: 'b2', Name: 'a-longer-name', Label: () => '' },
  ],
  headings: { ID: 'CONTAINER ID', Name: 'NAMES' },
  columns: ['ID', 'Name'],
};

test('a table has a heading, columns three blanks apart and no blanks at the end', () => {
  assert.equal(
    formatList(listing),
    'CONTAINER ID   NAMES\na1             web\nb2             a-longer-name\n',
  );
});

test('a column is at least ten wide, as in Docker', () => {
  assert.equal(
    alignColumns([
      ['DRIVER', 'VOLUME NAME'],
      ['local', 'x'],
    ]),
    'DRIVER    VOLUME NAME\nlocal     x\n',
  );
});

test('a table can be made of chosen fields, with the headings of these', () => {
  assert.equal(
    formatList(listing, 'table {{.Name}}\\t{{.Label "app"}}'),
    'NAMES           app\nweb             app!\na-longer-name   \n',
  );
});

test('json prints an object a line, fields sorted, methods left out', () => {
  assert.equal(formatList(listing, 'json').split('\n')[0], '{"ID":"a1","Name":"web"}');
});

test('a template prints a line for each', () => {
  assert.equal(formatList(listing, '{{.ID}}={{.Name}}'), 'a1=web\nb2=a-longer-name\n');
});

test('ports next to each other become a range, other mappings come last', () => {
  const port = (PrivatePort: number, PublicPort?: number, IP?: string) => ({
    PrivatePort,
    PublicPort,
    IP,
    Type: 'tcp' as const,
  });
  assert.equal(
    formatPorts([
      port(80, 8080, '::'),
      port(80, 8080, '0.0.0.0'),
      port(9001, 9001, '0.0.0.0'),
      port(9000, 9000, '0.0.0.0'),
      port(443),
    ]),
    '0.0.0.0:9000-9001->9000-9001/tcp, 443/tcp, 0.0.0.0:8080->80/tcp, [::]:8080->80/tcp',
  );
  assert.equal(formatPorts([]), '');
});
