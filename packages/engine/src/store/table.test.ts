import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { Table } from './table.ts';

interface Word {
  key: string;
  text: string;
}

/** A table on a disk that is full after some pages of 4096 bytes: SQLite's own limit, with SQLite's own error. */
function smallTable() {
  const database = new DatabaseSync(':memory:');
  const owed: string[] = [];
  const table = new Table<Word>(
    database,
    'volumes',
    ({ key }) => key,
    () => true,
    (key) => owed.push(key),
  );
  const written = () =>
    database
      .prepare('SELECT key FROM volumes ORDER BY key')
      .all()
      .map(({ key }) => key);
  const pages = (count: number) => database.exec(`PRAGMA max_page_count = ${count}`);
  pages(8);
  return { database, table, owed, written, pages };
}

const long = 'x'.repeat(100_000);

test('on a full disk a save is refused, and the record is not there', () => {
  const { table, owed } = smallTable();
  assert.throws(() => table.save({ key: 'oak', text: long }), /no space left on device/);
  assert.equal(table.get('oak'), undefined);
  assert.deepEqual(owed, []);
});

test('what has happened is not refused, and is written with the next change that can be', () => {
  const { table, owed, written, pages } = smallTable();
  table.save({ key: 'oak', text: '' });
  const oak = Object.assign(table.get('oak')!, { text: long });
  table.note(oak);
  assert.deepEqual(owed, ['oak']);
  table.save({ key: 'ash', text: '' });
  assert.deepEqual(owed, ['oak', 'oak']);
  pages(1000);
  table.save({ key: 'elm', text: '' });
  assert.deepEqual(owed, ['oak', 'oak']);
  assert.deepEqual(written(), ['ash', 'elm', 'oak']);
});

test('a transaction that is taken back takes nothing of that along', () => {
  const { database, table, pages } = smallTable();
  table.save({ key: 'oak', text: '' });
  const textOf = () =>
    String(database.prepare("SELECT record ->> 'text' AS text FROM volumes WHERE key = 'oak'").get()?.text);
  table.note(Object.assign(table.get('oak')!, { text: long }));
  pages(1000);
  database.exec('BEGIN');
  table.save({ key: 'ash', text: '' });
  database.exec('ROLLBACK');
  assert.equal(textOf(), '');
  table.save({ key: 'elm', text: '' });
  assert.equal(textOf(), long);
});
