/** Contexts for `docker build`, and the classic builder asked with them. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command, type Result } from './command.ts';
import { type EngineUnderTest, isOracle } from './engine.ts';

/** BuildKit is not asked. */
export const classic = { DOCKER_BUILDKIT: '0' };

/** For a title's options. */
export async function withoutBuildah(): Promise<{ skip: string | false }> {
  const { code } = await command(['sh', '-c', 'command -v buildah']);
  return { skip: !isOracle && code !== 0 && 'buildah is not installed' };
}

export class Builds {
  #engine: EngineUnderTest;
  #folders = 0;

  constructor(engine: EngineUnderTest) {
    this.#engine = engine;
  }

  /** A context with a Dockerfile of these lines. */
  context(dockerfile: string[], files: Record<string, string> = {}): string {
    const folder = join(this.#engine.lab.directory, `context-${this.#folders++}`);
    mkdirSync(folder);
    for (const [name, content] of Object.entries({ Dockerfile: `${dockerfile.join('\n')}\n`, ...files })) {
      writeFileSync(join(folder, name), content);
    }
    return folder;
  }

  attempt(...argv: string[]): Promise<Result> {
    return this.#engine.attempt(['build', ...argv], { environment: classic, limit_s: 75 });
  }

  /** Must succeed. @returns standard output */
  async build(...argv: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.attempt(...argv);
    assert.equal(code, 0, stdout + stderr);
    return stdout;
  }
}
