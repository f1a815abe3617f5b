/** Further processes in a container. */
export interface ExecCreateBody {
  AttachStdin?: boolean;
  AttachStdout?: boolean;
  AttachStderr?: boolean;
  ConsoleSize?: [number, number] | null;
  DetachKeys?: string;
  Tty?: boolean;
  Env?: string[] | null;
  Cmd?: string[] | null;
  Privileged?: boolean;
  User?: string;
  WorkingDir?: string;
}

export interface ExecCreateResponse {
  Id: string;
}

export interface ExecStartBody {
  Detach?: boolean;
  Tty?: boolean;
  /** [height, width] */
  ConsoleSize?: [number, number] | null;
}

export interface ExecInspect {
  ID: string;
  ContainerID: string;
  Running: boolean;
  /** null while it runs and before it started. */
  ExitCode: number | null;
  ProcessConfig: {
    tty: boolean;
    entrypoint: string;
    arguments: string[];
    privileged: boolean;
    user?: string;
  };
  OpenStdin: boolean;
  OpenStderr: boolean;
  OpenStdout: boolean;
  CanRemove: boolean;
  Pid: number;
  DetachKeys: string;
}
