import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { Store } from './store.ts';

const folder = mkdtempSync(join(tmpdir(), 'pontoon-store-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const volume = (name: string) => ({ name, created: '', labels: {}, options: {}, anonymous: false });

test('what was saved is there for the next engine, what was removed is not', () => {
  const path = join(folder, 'a', 'store.db');
  const first = new Store(path);
  first.volumes.save(volume('kept'));
  first.volumes.save(volume('gone'));
  first.volumes.remove('gone');
  const id = first.word('id', () => 'one');
  first.close();
  const second = new Store(path);
  assert.deepEqual(
    second.volumes.all().map(({ name }) => name),
    ['kept'],
  );
  assert.equal(
    second.word('id', () => 'two'),
    id,
  );
  second.close();
});

test('a store of a newer format is refused, not misread', () => {
  const path = join(folder, 'c', 'store.db');
  new Store(path).close();
  const database = new DatabaseSync(path);
  database.exec('PRAGMA user_version = 99');
  database.close();
  assert.throws(() => new Store(path), /written by a newer version of Pontoon \(format 99\)/);
});

test('of a transaction that fails nothing lasts', () => {
  const path = join(folder, 'b', 'store.db');
  const first = new Store(path);
  const failing = () =>
    first.transaction(() => {
      first.volumes.save(volume('half'));
      throw new Error('stop');
    });
  assert.throws(failing, /stop/);
  first.close();
  const second = new Store(path);
  assert.equal(second.volumes.size, 0);
  second.close();
});
