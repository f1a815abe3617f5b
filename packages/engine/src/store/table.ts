import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { Fault } from '@pontoon/fault';

/**
 * Records of one kind, as JSON by key. All are held in memory: reads cost nothing, and a record that was got is the one
 * that everybody sees. A change to it lasts once it is saved.
 */
export class Table<T> {
  readonly #records = new Map<string, T>();
  readonly #keyOf: (record: T) => string;
  readonly #lasts: (record: T) => boolean;
  readonly #database: DatabaseSync;
  readonly #save: StatementSync;
  readonly #remove: StatementSync;
  readonly #onOwed: (key: string, error: unknown) => void;
  /** What `note` could not write yet. */
  readonly #owed = new Set<string>();
  /** Goes up with every change: what was read from the records is stale then. */
  version = 0;

  constructor(
    database: DatabaseSync,
    name: 'containers' | 'networks' | 'volumes',
    keyOf: (record: T) => string,
    lasts: (record: T) => boolean,
    onOwed: (key: string, error: unknown) => void,
  ) {
    database.exec(`CREATE TABLE IF NOT EXISTS ${name} (key TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT`);
    this.#database = database;
    this.#keyOf = keyOf;
    this.#lasts = lasts;
    this.#onOwed = onOwed;
    this.#save = database.prepare(
      `INSERT INTO ${name} (key, record) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET record = excluded.record`,
    );
    this.#remove = database.prepare(`DELETE FROM ${name} WHERE key = ?`);
    for (const row of database.prepare(`SELECT record FROM ${name} ORDER BY rowid`).all()) {
      const record = JSON.parse(String(row.record)) as T;
      this.#records.set(keyOf(record), record);
    }
  }

  get(key: string): T | undefined {
    return this.#records.get(key);
  }

  /** In the order they were made. */
  all(): T[] {
    return [...this.#records.values()];
  }

  find(test: (record: T) => boolean): T | undefined {
    for (const record of this.#records.values()) if (test(record)) return record;
    return undefined;
  }

  get size(): number {
    return this.#records.size;
  }

  /** @throws {Fault} internal, on a full disk */
  save(record: T): void {
    const key = this.#keyOf(record);
    this.#write(record, () => this.#save.run(key, JSON.stringify(record)));
    this.#records.set(key, record);
    this.version++;
  }

  /**
   * Saves what has happened already, and so can't be refused. What can't be written now is written after the next change
   * that can; till then the file is behind, as after a crash, and the next boot finds out by itself.
   */
  note(record: T): void {
    try {
      this.save(record);
    } catch (error) {
      this.#owed.add(this.#keyOf(record));
      this.#onOwed(this.#keyOf(record), error);
    }
  }

  /** Gone is fine. */
  remove(key: string): void {
    const record = this.#records.get(key);
    if (!record) return;
    this.#write(record, () => this.#remove.run(key));
    this.#records.delete(key);
    this.#owed.delete(key);
    this.version++;
  }

  /** In a transaction the level can't be changed, and need not: it lasts. */
  #write(record: T, write: () => unknown): void {
    try {
      if (this.#lasts(record) || this.#database.isTransaction) write();
      else withoutSync(this.#database, write);
    } catch (error) {
      throw isFull(error)
        ? new Fault('internal', "write the engine's records: no space left on device", { cause: error })
        : error;
    }
    // Not in a transaction: what it takes back would be lost.
    if (this.#owed.size > 0 && !this.#database.isTransaction) this.#payOwed();
  }

  #payOwed(): void {
    const owed = [...this.#owed];
    this.#owed.clear();
    for (const key of owed) {
      const record = this.#records.get(key);
      if (record) this.note(record);
    }
  }
}

/** SQLITE_FULL (sqlite.org/rescode.html). */
function isFull(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === 13;
}

/** The write is in the file for every later process at once, and on the disk with the next that waits for it. */
function withoutSync(database: DatabaseSync, write: () => unknown): void {
  database.exec('PRAGMA synchronous = NORMAL');
  try {
    write();
  } finally {
    database.exec('PRAGMA synchronous = FULL');
  }
}
