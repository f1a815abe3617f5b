import { Fault } from '@pontoon/fault';
import type { Digest } from '../content/digest.ts';
import { canonicalName, parseReference, withTag } from '../reference/parse.ts';
import type { Store } from '../store/store.ts';

/**
 * Gives an image a name; another image loses it.
 * @param text without a tag: `latest`
 * @throws {Fault} invalid
 */
export async function tag(store: Store, id: Digest, text: string): Promise<string> {
  const reference = withTag(parseReference(text));
  if (reference.digest !== undefined)
    throw new Fault('invalid', 'refusing to create a tag with a digest reference');
  const name = canonicalName(reference);
  await store.catalogue.change((images, names) => {
    names.set(name, id);
    const image = images.get(id);
    if (image) images.set(id, { ...image, lastTagTime: new Date().toISOString() });
  });
  return name;
}
