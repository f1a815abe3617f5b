import { canonicalName, parseReference, withTag } from '../reference/parse.ts';
import type { RegistryAuth } from './authorize.ts';
import type { RegistrySettings } from './endpoint.ts';
import { pullFault } from './errors.ts';
import { fetchManifest, isIndex, type Platform } from './manifest.ts';
import { textOfBody } from './request.ts';
import { type Session, withRegistry } from './session.ts';

/** GET /distribution/{name}/json: what a registry has under a name, without fetching it. */
export async function look(settings: RegistrySettings, text: string, auth?: RegistryAuth) {
  const reference = withTag(parseReference(text));
  try {
    return await withRegistry(reference, { settings, auth }, async (session) => {
      const fetched = await fetchManifest(session, reference.digest ?? (reference.tag as string));
      const { digest, mediaType, bytes, content } = fetched;
      const Platforms = isIndex(content)
        ? content.manifests.flatMap(({ platform }) => (platform ? [platform] : []))
        : [await platformOf(session, content.config.digest)];
      return { Descriptor: { mediaType, digest, size: bytes.length }, Platforms };
    });
  } catch (error) {
    throw pullFault(error, parseReference(canonicalName(reference)));
  }
}

async function platformOf(session: Session, config: string): Promise<Platform> {
  const answer = await session.request(`blobs/${config}`, [200]);
  const { os, architecture, variant } = JSON.parse((await textOfBody(answer.body)).toString()) as Platform;
  return { os, architecture, ...(variant === undefined ? {} : { variant }) };
}
