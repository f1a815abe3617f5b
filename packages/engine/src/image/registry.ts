import type {
  AuthConfig,
  AuthResponse,
  DistributionInspect,
  ImageSearchItem,
  ProgressMessage,
} from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import type { PullOptions } from '@pontoon/images';
import type { Engine } from '../engine.ts';
import { tellOfImage, wholeName } from './events.ts';

export interface TransferOptions {
  /** `busybox`, `busybox:1.36`, `registry:5000/busybox@sha256:…` */
  reference: string;
  auth?: AuthConfig | undefined;
  allTags?: boolean | undefined;
  onProgress?: ((message: ProgressMessage) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** POST /images/create?fromImage= */
export async function pullImage(
  engine: Engine,
  o: TransferOptions & { platform?: string | undefined },
): Promise<void> {
  await engine.images.pull(o.reference, { ...given(o), ...(o.platform ? { platform: o.platform } : {}) });
  const image = engine.images.find(o.reference);
  if (image) tellOfImage(engine, 'pull', image.id, wholeName(o.reference));
}

/** POST /images/{name}/push */
export async function pushImage(engine: Engine, o: TransferOptions): Promise<void> {
  await engine.images.push(o.reference, given(o));
  const image = engine.images.find(o.reference);
  if (image) tellOfImage(engine, 'push', image.id, wholeName(o.reference));
}

function given({ auth, allTags, onProgress, signal }: TransferOptions): PullOptions {
  return {
    ...(auth ? { auth } : {}),
    ...(allTags ? { allTags } : {}),
    ...(onProgress ? { onProgress } : {}),
    ...(signal ? { signal } : {}),
  };
}

/** GET /distribution/{name}/json */
export async function distributionOf(
  engine: Engine,
  ref: string,
  auth?: AuthConfig,
): Promise<DistributionInspect> {
  return engine.images.look(ref, auth);
}

/** POST /auth */
export async function authenticate(engine: Engine, auth: AuthConfig): Promise<AuthResponse> {
  return engine.images.login(auth);
}

/** GET /images/search: only Docker Hub can search, by an interface that is not part of the registry's. */
export async function searchImages(
  _engine: Engine,
  o: { term: string; limit?: number; filters?: Record<string, string[]> },
): Promise<ImageSearchItem[]> {
  if (!o.term) throw new Fault('invalid', 'search term is required');
  throw new Fault('not-implemented', `searching for "${o.term}": only Docker Hub itself can search`);
}
