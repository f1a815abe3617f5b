import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Fault } from '@pontoon/fault';
import { type Connection, isSystemError, listElements, listRuleChains } from '@pontoon/netlink';

export const TABLE = 'pontoon';

/** The text as it stands in ruleset.nft, and the number that its set `version` holds: 32 bits of its hash. */
export function rulesetText(): { text: string; version: number } {
  const text = readFileSync(new URL('./ruleset.nft', import.meta.url), 'utf8');
  return { text, version: createHash('sha256').update(text).digest().readUInt32LE(0) };
}

/**
 * Loads the static rules where they are not there, or are another version's; a table of this very text stays as it is,
 * with its elements, so that traffic does not notice that the daemon was away. All in one transaction of the kernel.
 * @returns true where the table is new, and thus empty
 */
export function loadTable(netfilter: Connection): boolean {
  const { text, version } = rulesetText();
  if (loadedVersion(netfilter) === version) return false;
  const marked = text.replace(
    /^table inet pontoon \{$/m,
    `$&\n\tset version { typeof meta mark; elements = { ${version} }; }`,
  );
  const own = keepUserRules(marked);
  runNft(`table inet ${TABLE} {}\ndelete table inet ${TABLE}\n${own}`);
  return true;
}

/** Is the table there, of this version and with all of its rules? */
export function isLoaded(netfilter: Connection): boolean {
  return loadedVersion(netfilter) === rulesetText().version;
}

/** `undefined` where there is no table of ours, or one that was tampered with. */
function loadedVersion(netfilter: Connection): number | undefined {
  try {
    const [element] = listElements(netfilter, { family: 'inet', table: TABLE, set: 'version' });
    // `nft flush table` takes the rules and leaves the sets, the version among them.
    const own = listRuleChains(netfilter, 'inet', TABLE).filter((chain) => chain !== 'user');
    if (own.length !== ruleCount(rulesetText().text)) return undefined;
    return element?.key.readUInt32LE();
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** How many rules the text has: the lines of its chains that are neither a hook's declaration nor a comment. */
function ruleCount(text: string): number {
  const chains = text.matchAll(/^\tchain \w+ \{\n([\s\S]*?)^\t\}/gm);
  const lines = [...chains].flatMap(([, body = '']) => body.split('\n').map((line) => line.trim()));
  return lines.filter((line) => line !== '' && !/^(type |#)/.test(line)).length;
}

/** The rules in the chain `user` are the user's: they move into the new table. */
function keepUserRules(text: string): string {
  const listed = listUserChain();
  const rules = /chain user \{\n([\s\S]*?)\n?\t\}/.exec(listed)?.[1] ?? '';
  return text.replace('chain user { }', () => `chain user {\n${rules}\n\t}`);
}

function listUserChain(): string {
  try {
    return execFileSync('nft', ['list', 'chain', 'inet', TABLE, 'user'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return ''; // no table yet: nothing to keep
  }
}

function runNft(input: string): void {
  try {
    execFileSync('nft', ['-f', '-'], { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] });
  } catch (error) {
    throw new Fault('internal', `load the firewall's table: ${wordsOf(error)}`, { cause: error });
  }
}

function wordsOf(error: unknown): string {
  const { code, stderr } = error as { code?: string; stderr?: string };
  if (code === 'ENOENT') return 'the program "nft" is missing (Debian: apt-get install nftables)';
  return stderr?.trim().split('\n')[0] || String(error);
}
