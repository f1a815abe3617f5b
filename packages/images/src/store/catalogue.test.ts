import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Catalogue } from './catalogue.ts';

async function withRoot(run: (root: string) => Promise<void>): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'pontoon-catalogue-'));
  try {
    await run(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

const id = `sha256:${'1'.repeat(64)}`;

test('names and images survive a restart', () =>
  withRoot(async (root) => {
    const catalogue = new Catalogue(root);
    await catalogue.change((images, names) => {
      images.set(id, { id, layers: [] });
      names.set('docker.io/library/a:latest', id);
    });
    const again = new Catalogue(root);
    assert.equal(again.named('docker.io/library/a:latest'), id);
    assert.deepEqual(again.namesOf(id), ['docker.io/library/a:latest']);
    assert.deepEqual(again.image(id), { id, layers: [] });
  }));

test('many changes at once all arrive, and the last state is what is on disk', () =>
  withRoot(async (root) => {
    const catalogue = new Catalogue(root);
    const names = Array.from({ length: 50 }, (_, index) => `docker.io/library/a:${index}`);
    await Promise.all(names.map((name) => catalogue.change((_, all) => all.set(name, id))));
    assert.equal(new Catalogue(root).names().length, 50);
    assert.deepEqual(readdirSync(root), ['images.json']);
  }));

test('a half-written list is never read', () =>
  withRoot(async (root) => {
    await new Catalogue(root).change((_, names) => names.set('a', id));
    const before = readFileSync(join(root, 'images.json'), 'utf8');
    writeFileSync(join(root, '.images.json.next'), '{"half');
    assert.equal(new Catalogue(root).named('a'), id);
    assert.equal(readFileSync(join(root, 'images.json'), 'utf8'), before);
  }));

test('a damaged list stops the start instead of forgetting all images', () =>
  withRoot(async (root) => {
    writeFileSync(join(root, 'images.json'), 'not JSON');
    assert.throws(() => new Catalogue(root), /read the list of images/);
  }));
