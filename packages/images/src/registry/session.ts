import { Fault } from '@pontoon/fault';
import type { Reference } from '../reference/parse.ts';
import { type Asking, authorize, parseChallenge, type RegistryAuth } from './authorize.ts';
import { type Endpoint, endpointsOf, type RegistrySettings } from './endpoint.ts';
import { ReachError, RegistryError, registryError } from './errors.ts';
import { type Answer, type Request, send, textOfBody } from './request.ts';

/** Talk with one registry about one repository: OCI distribution-spec. */
export class Session {
  readonly endpoint: Endpoint;
  readonly path: string;
  #asking: Asking;
  #authorization: Promise<string> | undefined;

  /** @param actions `pull`, `pull,push`; path '' asks for nothing but the door */
  constructor(
    endpoint: Endpoint,
    path: string,
    o: { auth?: RegistryAuth | undefined; actions?: string; signal?: AbortSignal | undefined },
  ) {
    this.endpoint = endpoint;
    this.path = path;
    const scope = path ? `repository:${path}:${o.actions ?? 'pull'}` : undefined;
    this.#asking = { auth: o.auth, scope, insecure: endpoint.insecure, signal: o.signal };
  }

  /**
   * A request below /v2/<path>/, with the credentials that the registry asks for.
   * @param accepted statuses that are no errors
   * @throws {RegistryError | ReachError}
   */
  async request(where: string | URL, accepted: number[], o: Request = {}): Promise<Answer> {
    const url =
      typeof where === 'string'
        ? new URL(`/v2/${this.path ? `${this.path}/` : ''}${where}`, this.endpoint.origin)
        : where;
    const answer = await this.#send(url, o);
    if (accepted.includes(answer.status)) return answer;
    throw registryError(answer.status, (await textOfBody(answer.body)).toString());
  }

  /** Asks for the door first, so that a body is never sent in vain. @throws as `request` */
  async open(): Promise<void> {
    const answer = await this.#send(new URL('/v2/', this.endpoint.origin), {});
    answer.body.resume();
    if (answer.status !== 200 && !(answer.status === 401 && this.path))
      throw registryError(answer.status, '');
  }

  async #send(url: URL, o: Request): Promise<Answer> {
    const { insecure, signal } = this.#asking;
    const once = async () => {
      const authorization = await this.#authorization;
      const headers = { ...o.headers, ...(authorization === undefined ? {} : { authorization }) };
      return send(url, { ...o, insecure, signal: o.signal ?? signal, headers });
    };
    const answer = await once();
    const challenge = answer.status === 401 ? parseChallenge(answer.headers['www-authenticate']) : undefined;
    if (!challenge || (o.body !== undefined && !(o.body instanceof Uint8Array))) return answer;
    answer.body.resume();
    this.#authorization = authorize(challenge, this.#asking);
    this.#authorization.catch(() => {}); // the request below tells it
    return once();
  }
}

/**
 * Runs something with the first place that answers, as moby goes from mirror to registry, and from https to http.
 * @throws what the last one said
 */
export async function withRegistry<T>(
  reference: Reference,
  o: {
    settings: RegistrySettings;
    auth?: RegistryAuth | undefined;
    actions?: string;
    signal?: AbortSignal | undefined;
  },
  run: (session: Session) => Promise<T>,
): Promise<T> {
  let last: unknown = new Fault('internal', `no endpoint for ${reference.domain}`);
  for (const endpoint of endpointsOf(reference.domain, o.settings)) {
    if (o.actions?.includes('push') && endpoint.mirror) continue;
    try {
      const session = new Session(endpoint, reference.path, {
        ...o,
        auth: endpoint.mirror ? undefined : o.auth,
      });
      await session.open();
      return await run(session);
    } catch (error) {
      // Of https and then http, the first tells more, unless the second got an answer.
      if (!(error instanceof ReachError && last instanceof ReachError)) last = error;
      if (!(error instanceof ReachError || (endpoint.mirror && error instanceof RegistryError))) throw error;
    }
  }
  throw last;
}
