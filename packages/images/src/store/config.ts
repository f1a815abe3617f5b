/** The configuration of an image, whose digest is the image's id: OCI image-spec, config.md, and Docker's additions. */
export interface ImageConfiguration {
  created?: string;
  author?: string;
  architecture: string;
  variant?: string;
  os: string;
  config?: RunConfiguration;
  rootfs: { type: string; diff_ids: string[] };
  history?: HistoryEntry[];
  comment?: string;
  docker_version?: string;
}

/** How containers of the image run, unless they say otherwise: `ImageConfig` of the Engine API. */
export interface RunConfiguration {
  User?: string;
  ExposedPorts?: Record<string, object> | null;
  Env?: string[] | null;
  Cmd?: string[] | null;
  Healthcheck?: {
    Test?: string[];
    Interval?: number;
    Timeout?: number;
    StartPeriod?: number;
    StartInterval?: number;
    Retries?: number;
  } | null;
  ArgsEscaped?: boolean;
  Volumes?: Record<string, object> | null;
  WorkingDir?: string;
  Entrypoint?: string[] | null;
  OnBuild?: string[] | null;
  Labels?: Record<string, string> | null;
  StopSignal?: string;
  Shell?: string[] | null;
}

export interface HistoryEntry {
  created?: string;
  created_by?: string;
  author?: string;
  comment?: string;
  empty_layer?: boolean;
}

/** GOARCH of this machine, as images name it. */
export function hostArchitecture(): { architecture: string; variant?: string } {
  if (process.arch === 'x64') return { architecture: 'amd64' };
  if (process.arch === 'arm64') return { architecture: 'arm64', variant: 'v8' };
  if (process.arch === 'arm') return { architecture: 'arm', variant: 'v7' };
  return { architecture: process.arch };
}
