import type { RunConfiguration } from '../store/config.ts';
import { require, type StoredImage } from '../store/find.ts';
import type { Store } from '../store/store.ts';

/** What Docker's answers call `GraphDriver`: where the files of an image or a container are. */
export interface GraphDriver {
  Name: string;
  Data: Record<string, string>;
}

const NEVER = '0001-01-01T00:00:00Z';

/** GET /images/{name}/json */
export function inspect(store: Store, text: string) {
  const image = require(store, text);
  const { configuration } = image;
  return {
    Id: image.id,
    RepoTags: image.tags,
    RepoDigests: image.digests,
    Parent: image.parent ?? '',
    Comment: configuration.comment ?? '',
    Created: configuration.created ?? NEVER,
    DockerVersion: configuration.docker_version ?? '',
    Author: configuration.author ?? '',
    Config: fill(configuration.config),
    Architecture: configuration.architecture,
    ...(configuration.variant === undefined ? {} : { Variant: configuration.variant }),
    Os: configuration.os,
    Size: image.size,
    GraphDriver: graphDriver(store, image),
    RootFS: { Type: 'layers', Layers: image.layers.map(({ diffId }) => diffId) },
    Metadata: { LastTagTime: image.lastTagTime ?? NEVER },
  };
}

/** The fields that Docker always shows. */
function fill(config: RunConfiguration = {}): RunConfiguration {
  return {
    User: '',
    Env: null,
    Cmd: null,
    Volumes: null,
    WorkingDir: '',
    Entrypoint: null,
    Labels: null,
    ...config,
  };
}

function graphDriver(store: Store, image: StoredImage): GraphDriver {
  const [upper = '', ...lower] = image.layers.map(({ chainId }) => store.layers.path(chainId)).reverse();
  const below: Record<string, string> = lower.length > 0 ? { LowerDir: lower.join(':') } : {};
  return { Name: 'overlay2', Data: { ...below, UpperDir: upper } };
}
