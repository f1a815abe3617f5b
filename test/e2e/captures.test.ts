// docs/generated says what the kernel holds: this is what makes it true.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { projectRoot } from '@pontoon/lab';
import { capture, openStage, scenarios } from '../captures.ts';
import { isOracle } from '../engine.ts';

describe('docs/generated', { skip: isOracle && 'it is about Pontoon' }, async () => {
  if (isOracle) return;
  const engine = await openStage();
  after(() => engine.close());
  for (const scenario of scenarios) {
    test(`${scenario.name}.md is what the kernel holds`, async () => {
      const written = readFileSync(join(projectRoot, 'docs/generated', `${scenario.name}.md`), 'utf8');
      const held = await capture(engine, scenario);
      assert.equal(held, written, 'it is not: "npm run capture" as root writes what is');
    });
  }
});
