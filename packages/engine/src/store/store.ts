import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Fault, messageOf } from '@pontoon/fault';
import type { ContainerRecord, NetworkRecord, VolumeRecord } from '../record.ts';
import { Table } from './table.ts';

/** Raised when a record's shape changes so that older ones can't be read as they are. */
const VERSION = 1;

/**
 * The engine's intent, in one file. What a verb means to do to the kernel is here before it is done; at boot the kernel
 * is compared with it.
 */
export class Store {
  readonly #database: DatabaseSync;
  readonly containers: Table<ContainerRecord>;
  readonly networks: Table<NetworkRecord>;
  readonly volumes: Table<VolumeRecord>;

  /**
   * @param onOwed told when something that has happened can't be written yet
   * @throws {Fault} internal, where the file can't be opened or is no store
   */
  constructor(path: string, onOwed: (key: string, error: unknown) => void = () => undefined) {
    this.#database = open(path);
    const always = () => true;
    // What goes when it stops is gone after a power cut anyway: it need not wait for the disk, 1 to 4 ms a save.
    const lasts = ({ hostConfig }: ContainerRecord) => !hostConfig.AutoRemove;
    this.containers = new Table(this.#database, 'containers', ({ id }) => id, lasts, onOwed);
    this.networks = new Table(this.#database, 'networks', ({ id }) => id, always, onOwed);
    this.volumes = new Table(this.#database, 'volumes', ({ name }) => name, always, onOwed);
  }

  /**
   * All saves of `run` last, or none. Synchronous: nobody else writes in between. Where it throws, what the records in
   * memory say is the caller's to put right.
   */
  transaction<T>(run: () => T): T {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const result = run();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  /** A word of the engine about itself, such as its id; made on first use. */
  word(name: string, make: () => string): string {
    this.#database.exec(
      'CREATE TABLE IF NOT EXISTS words (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT',
    );
    const row = this.#database.prepare('SELECT value FROM words WHERE name = ?').get(name);
    if (row) return String(row.value);
    const value = make();
    this.#database.prepare('INSERT INTO words (name, value) VALUES (?, ?)').run(name, value);
    return value;
  }

  close(): void {
    this.#database.close();
  }
}

function open(path: string): DatabaseSync {
  mkdirSync(dirname(path), { recursive: true, mode: 0o711 });
  try {
    const database = new DatabaseSync(path);
    // FULL: a record that was promised is there after a power cut too (sqlite.org/pragma.html#pragma_synchronous).
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000');
    const version = Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0);
    if (version > VERSION)
      throw new Error(`it was written by a newer version of Pontoon (format ${version})`);
    database.exec(`PRAGMA user_version = ${VERSION}`);
    return database;
  } catch (error) {
    throw new Fault('internal', `open the store ${path}: ${messageOf(error)}`, { cause: error });
  }
}
