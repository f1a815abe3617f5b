/** `npm run capture`, as root: writes docs/generated from what a live daemon puts into the kernel. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { capture, openStage, scenarios } from '../test/captures.ts';
import { root } from './step.ts';

const engine = await openStage();
try {
  for (const scenario of scenarios) {
    const path = `docs/generated/${scenario.name}.md`;
    writeFileSync(join(root, path), await capture(engine, scenario));
    console.log(`wrote ${path}`);
  }
} finally {
  await engine.close();
}
