import type {
  Attachment,
  EndpointIntent,
  NetworkIntent,
  NetworkState,
  Sandbox,
  SandboxIntent,
} from './intent.ts';

/** The intent as it stands now, for comparisons; the engine's store is where it lasts. */
export class Memory {
  readonly networks = new Map<string, NetworkIntent>();
  readonly #sandboxes = new Map<string, SandboxIntent>();

  adopt({ networks, sandboxes }: NetworkState): void {
    this.networks.clear();
    this.#sandboxes.clear();
    for (const network of networks) this.networks.set(network.id, network);
    for (const one of sandboxes) this.#sandboxes.set(one.sandbox.containerId, one);
  }

  state(): NetworkState {
    return { networks: [...this.networks.values()], sandboxes: [...this.#sandboxes.values()] };
  }

  /** How many ports each bridge of a network has now: its own (0), and the further ones by their number. */
  portsOf({ id, bridge }: NetworkIntent): Map<number, number> {
    const ports = new Map<number, number>();
    const count = (extension: number) => ports.set(extension, (ports.get(extension) ?? 0) + 1);
    for (const { endpoints, attachments } of this.#sandboxes.values()) {
      for (const { networkId, extension } of endpoints) if (networkId === id) count(extension ?? 0);
      for (const attachment of attachments) if (attachment.bridge === bridge) count(0);
    }
    return ports;
  }

  start(sandbox: Sandbox, joined: { endpoint: EndpointIntent }[]): void {
    const endpoints = joined.map(({ endpoint }) => endpoint);
    this.#sandboxes.set(sandbox.containerId, { sandbox, running: true, endpoints, attachments: [] });
  }

  stop({ containerId }: Sandbox): void {
    this.#sandboxes.delete(containerId);
  }

  join({ containerId }: Sandbox, endpoint: EndpointIntent): void {
    this.#sandboxes.get(containerId)?.endpoints.push(endpoint);
  }

  part({ containerId }: Sandbox, { id }: EndpointIntent): void {
    const known = this.#sandboxes.get(containerId);
    if (known) known.endpoints = known.endpoints.filter((endpoint) => endpoint.id !== id);
  }

  replace({ containerId }: Sandbox, changed: EndpointIntent): void {
    const known = this.#sandboxes.get(containerId);
    if (known) known.endpoints = known.endpoints.map((one) => (one.id === changed.id ? changed : one));
  }

  attach({ containerId }: Sandbox, attachment: Attachment): void {
    this.#sandboxes.get(containerId)?.attachments.push(attachment);
  }

  detach({ containerId }: Sandbox, { id }: Attachment): void {
    const known = this.#sandboxes.get(containerId);
    if (known) known.attachments = known.attachments.filter((attachment) => attachment.id !== id);
  }
}
