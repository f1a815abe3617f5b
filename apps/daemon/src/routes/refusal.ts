/** What one engine on one host does not do: dockerd's words where it has them, the reason where it has none. */
import type { Refusal } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import type { Operate } from '../call.ts';

export const refusals: Record<Refusal, Operate> = {
  cluster: () =>
    Promise.reject(
      new Fault(
        'unavailable',
        'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.',
      ),
    ),
  build: () =>
    Promise.reject(
      new Fault(
        'not-implemented',
        'pontoon has no BuildKit: build with the classic builder, by DOCKER_BUILDKIT=0 docker build …',
      ),
    ),
  // `docker inspect NAME` asks for a plugin last: it must hear that there is none of that name.
  plugin: ({ parameters }) =>
    Promise.reject(
      parameters.name === undefined
        ? new Fault('not-implemented', 'pontoon has no plugins: networks and volumes are built in')
        : new Fault('not-found', `plugin ${JSON.stringify(parameters.name)} not found`),
    ),
};
