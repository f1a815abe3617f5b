import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostsFile } from './hosts.ts';
import { parseResolvConf, resolvConf, upstreams } from './resolv-conf.ts';

const HOST =
  'nameserver 127.0.0.53\nnameserver 198.51.100.53\nsearch example.org\noptions edns0 # a comment\n';

const shown = (text: string): string[] =>
  text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

test('name servers on the loopback of the host are left out: inside they would be another machine', () => {
  assert.deepEqual(shown(resolvConf(HOST)), [
    ...['nameserver 198.51.100.53', 'search example.org', 'options edns0'],
  ]);
});

test('where none is left, Docker’s own are asked; IPv6 ones only by who has IPv6', () => {
  const lonely = 'nameserver 127.0.0.1\n';
  assert.deepEqual(shown(resolvConf(lonely)), ['nameserver 8.8.8.8', 'nameserver 8.8.4.4']);
  assert.equal(shown(resolvConf(lonely, { ipv6: true })).length, 4);
});

test('an option of the user replaces what the host says, and a single dot empties the search list', () => {
  const text = resolvConf(HOST, { nameservers: ['203.0.113.53'], search: ['.'], options: ['ndots:2'] });
  assert.deepEqual(shown(text), ['nameserver 203.0.113.53', 'options ndots:2']);
});

test('on a user network the engine itself is asked, with ndots:0 unless told otherwise', () => {
  const text = resolvConf(HOST, { internalResolver: true });
  assert.deepEqual(shown(text), ['nameserver 127.0.0.11', 'search example.org', 'options edns0 ndots:0']);
  const told = resolvConf(HOST, { internalResolver: true, options: ['ndots:3'] });
  assert.match(told, /^options ndots:3$/m);
});

test('the resolver asks where the host asks, its own loopback too', () => {
  assert.deepEqual(upstreams(HOST), ['127.0.0.53', '198.51.100.53']);
  assert.deepEqual(upstreams(HOST, ['203.0.113.53']), ['203.0.113.53']);
});

test('of several search lines the last counts, and comments are none', () => {
  const parsed = parseResolvConf('search a\n;nameserver 192.0.2.1\ndomain b c\n');
  assert.deepEqual(parsed, { nameservers: [], search: ['b', 'c'], options: [] });
});

test('/etc/hosts starts as Docker’s does; extra hosts come before the container’s own', () => {
  const text = hostsFile({
    own: [{ address: '172.17.0.2', names: ['web.example.org', 'web'] }],
    extra: [{ address: '198.51.100.9', names: ['db'] }],
  });
  assert.deepEqual(text.split('\n').slice(0, 2), [
    ...['127.0.0.1\tlocalhost', '::1\tlocalhost ip6-localhost ip6-loopback'],
  ]);
  assert.ok(text.endsWith('198.51.100.9\tdb\n172.17.0.2\tweb.example.org web\n'));
});

test('a container without IPv6 finds no IPv6 address in /etc/hosts', () => {
  assert.doesNotMatch(hostsFile({ ipv4Only: true }), /::/);
});
