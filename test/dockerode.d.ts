// dockerode ships no types: those parts that the tests use.
declare module 'dockerode' {
  import type { Duplex, Writable } from 'node:stream';

  interface Exec {
    start(options: object): Promise<Duplex>;
    inspect(): Promise<{ ExitCode: number }>;
  }

  interface Container {
    start(): Promise<void>;
    stop(options: { t: number }): Promise<void>;
    remove(): Promise<void>;
    wait(): Promise<{ StatusCode: number }>;
    inspect(): Promise<{
      State: { Running: boolean };
      NetworkSettings: { Ports: Record<string, { HostPort: string }[] | null> };
    }>;
    exec(options: object): Promise<Exec>;
    attach(options: object): Promise<Duplex>;
  }

  interface Network {
    remove(): Promise<void>;
  }

  export default class Docker {
    constructor(options: { socketPath: string });
    modem: { demuxStream(from: Duplex, stdout: Writable, stderr: Writable): void };
    run(
      image: string,
      argv: string[],
      streams: Writable[],
      options: object,
    ): Promise<[{ StatusCode: number }]>;
    createContainer(options: object): Promise<Container>;
    createNetwork(options: object): Promise<Network>;
    listNetworks(options: object): Promise<{ Name: string }[]>;
    getEvents(options: object): Promise<Duplex>;
  }
}
