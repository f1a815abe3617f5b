import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyChanges } from './apply-changes.ts';

test('instructions of a Dockerfile change how containers run', () => {
  const config = applyChanges({ Env: ['A=1', 'B=2'], Labels: { x: 'y' } }, [
    'CMD ["sh", "-c", "true"]',
    'ENTRYPOINT /bin/run --fast',
    'ENV A=3 C="two words"',
    'env D old form',
    'EXPOSE 80 53/udp 7000-7001',
    'LABEL a=b "c d"=e',
    'USER me:group',
    'VOLUME ["/data"]',
    'WORKDIR /srv',
    'WORKDIR app',
    'STOPSIGNAL SIGINT',
    'HEALTHCHECK --interval=1m30s --retries=2 CMD ["check"]',
    'ONBUILD RUN x',
  ]);
  assert.deepEqual(config, {
    Cmd: ['sh', '-c', 'true'],
    Entrypoint: ['/bin/sh', '-c', '/bin/run --fast'],
    Env: ['B=2', 'A=3', 'C=two words', 'D=old form'],
    ExposedPorts: { '80/tcp': {}, '53/udp': {}, '7000/tcp': {}, '7001/tcp': {} },
    Labels: { x: 'y', a: 'b', 'c d': 'e' },
    User: 'me:group',
    Volumes: { '/data': {} },
    WorkingDir: '/srv/app',
    StopSignal: 'SIGINT',
    Healthcheck: { Interval: 90e9, Retries: 2, Test: ['CMD', 'check'] },
    OnBuild: ['RUN x'],
  });
});

test('what is no such instruction is refused', () => {
  assert.throws(() => applyChanges({}, ['RUN x']), {
    kind: 'invalid',
    message: 'run is not a valid change command',
  });
  assert.throws(() => applyChanges({}, ['ENV A']), /ENV must have two arguments/);
  assert.throws(() => applyChanges({}, ['EXPOSE 70000']), /invalid containerPort: 70000/);
  assert.throws(() => applyChanges({}, ['USER']), /USER requires at least one argument/);
  assert.throws(() => applyChanges({}, ['HEALTHCHECK --interval=soon CMD x']), /invalid duration "soon"/);
});
