/** ifalias of every link that an engine made: `pontoon:<its default bridge>:<what it is for>`. */
export interface Owner {
  /** Name of the engine's default bridge: one engine a name. */
  bridge: string;
}

export const aliasOf = (owner: Owner, id: string): string => `pontoon:${owner.bridge}:${id}`;

/** Does any engine own it? */
export const isAlias = (alias: string | undefined): boolean => alias?.startsWith('pontoon:') ?? false;

/** The id behind the prefix; `undefined` where the link is not this engine's. */
export function idOfAlias(owner: Owner, alias: string | undefined): string | undefined {
  const prefix = aliasOf(owner, '');
  return alias?.startsWith(prefix) ? alias.slice(prefix.length) : undefined;
}
