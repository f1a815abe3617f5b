import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Options, readCommand } from './options.ts';

function options(argv: string[], environment: Record<string, string> = {}): Options {
  const command = readCommand(argv, { PONTOON_CONFIG_FILE: '/dev/null/none', ...environment });
  assert.ok(command.kind === 'run');
  return command.options;
}

function withFile(settings: object, run: (path: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'pontoon-options-'));
  const path = join(folder, 'daemon.json');
  writeFileSync(path, JSON.stringify(settings));
  run(path);
  rmSync(folder, { recursive: true });
}

test('the socket is in the run root unless another host is named', () => {
  withFile({}, (path) => {
    const file = ['--config-file', path];
    assert.deepEqual(options([...file, '--run-root', '/r']).hosts, ['unix:///r/pontoon.sock']);
    const two = options([...file, '-H', 'unix:///a', '--host', 'unix:///b']);
    assert.deepEqual(two.hosts, ['unix:///a', 'unix:///b']);
  });
});

test('a flag beats the environment, which beats daemon.json', () => {
  const settings = {
    bridge: 'file0',
    mtu: 1400,
    'data-root': '/file',
    'default-address-pools': [{ base: '10.10.0.0/16', size: 24 }],
  };
  withFile(settings, (path) => {
    const environment = { PONTOON_CONFIG_FILE: path, PONTOON_BRIDGE: 'env0', PONTOON_DATA_ROOT: '/env' };
    const read = options(['--data-root', '/flag'], environment);
    assert.deepEqual([read.dataRoot, read.bridge, read.mtu], ['/flag', 'env0', 1400]);
    assert.deepEqual(read.pools, [{ base: '10.10.0.0/16', size: 24 }]);
  });
});

test('the client’s PONTOON_HOST does not tell the daemon where to listen', () => {
  withFile({}, (path) => {
    const environment = { PONTOON_CONFIG_FILE: path, PONTOON_HOST: 'unix:///x', PONTOON_RUN_ROOT: '/r' };
    assert.deepEqual(options([], environment).hosts, ['unix:///r/pontoon.sock']);
  });
});

test('wrong settings are refused by name', () => {
  withFile({}, (path) => {
    const wrong =
      (...argv: string[]) =>
      () =>
        options(['--config-file', path, ...argv]);
    assert.throws(wrong('--mtu', 'big'), { kind: 'invalid', message: '--mtu "big": want 68 to 65535' });
    assert.throws(wrong('--log-level', 'loud'), /want one of debug/);
    assert.throws(wrong('--default-address-pool', '10.0.0.0/8'), /want base=10.10.0.0\/16,size=24/);
    assert.throws(wrong('--tlscert', '/x'), /TLS needs all of/);
    assert.throws(wrong('--no-such'), /Unknown option '--no-such'/);
  });
  assert.throws(() => options([]), /read the settings in "\/dev\/null\/none"/);
});

test('names for the host are answered where --dns-listen says, and nowhere unless it does', () => {
  withFile({}, (path) => {
    const at = (...flag: string[]) => options(['--config-file', path, ...flag]).dnsListen;
    const listen = (text: string) => at('--dns-listen', text);
    assert.equal(at(), undefined);
    assert.deepEqual(listen('127.0.0.54'), { address: '127.0.0.54', port: 53 });
    assert.deepEqual(listen('127.0.0.54:5353'), { address: '127.0.0.54', port: 5353 });
    assert.deepEqual(listen('[::1]:5353'), { address: '::1', port: 5353 });
    assert.deepEqual(listen('::1'), { address: '::1', port: 53 });
    for (const text of ['localhost:53', '127.0.0.54:0', '127.0.0.54:70000', ':53', '[127.0.0.1'])
      assert.throws(() => listen(text), /--dns-listen/, text);
  });
});

test('daemon.json is read by dockerd’s names, and what is not dockerd’s is refused', () => {
  const settings = {
    ...{ bip: '10.1.0.1/24', icc: false, ip: '127.0.0.1', 'log-driver': 'local', labels: ['a=b'] },
    ...{ 'log-opts': { 'max-size': '5m', 'max-file': '2' }, 'live-restore': true, debug: true },
    ...{ 'dns-search': ['corp.example'], 'dns-opts': ['ndots:2'] },
  };
  withFile(settings, (path) => {
    const read = options(['--config-file', path]);
    assert.deepEqual([read.bip, read.icc, read.hostBinding], ['10.1.0.1/24', false, '127.0.0.1']);
    assert.deepEqual([read.logDriver, read.logOptions], ['local', { 'max-size': '5m', 'max-file': '2' }]);
    assert.deepEqual(
      [read.dnsSearch, read.dnsOptions, read.labels],
      [['corp.example'], ['ndots:2'], ['a=b']],
    );
    assert.deepEqual([read.logLevel, read.withoutEffect], ['debug', ['live-restore']]);
    assert.equal(options(['--config-file', path, '--icc', 'true', '--log-level', 'warn']).icc, true);
  });
  withFile({ 'no-such': 1 }, (path) => {
    assert.throws(() => options(['--config-file', path]), {
      message: "the following directives don't match any configuration option: no-such",
    });
  });
});
