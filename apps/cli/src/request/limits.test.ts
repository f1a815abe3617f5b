import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  readByteRate,
  readDevice,
  readOperationRate,
  readRestart,
  readUlimit,
  readWeight,
} from './limits.ts';

test('limits are read as Docker reads them', () => {
  assert.deepEqual(readUlimit('nofile=1024:2048'), { Name: 'nofile', Soft: 1024, Hard: 2048 });
  assert.deepEqual(readUlimit('core=-1'), { Name: 'core', Soft: -1, Hard: -1 });
  assert.deepEqual(readByteRate('/dev/sda:1mb'), { Path: '/dev/sda', Rate: 1_048_576 });
  assert.deepEqual(readOperationRate('/dev/sda:100'), { Path: '/dev/sda', Rate: 100 });
  assert.deepEqual(readWeight('/dev/sda:500'), { Path: '/dev/sda', Weight: 500 });
  assert.deepEqual(readRestart('on-failure:5'), { Name: 'on-failure', MaximumRetryCount: 5 });
});

test('a device is named inside as outside, readable and writable, unless told', () => {
  const device = (given: string) => Object.values(readDevice(given));
  assert.deepEqual(device('/dev/fuse'), ['/dev/fuse', '/dev/fuse', 'rwm']);
  assert.deepEqual(device('/dev/fuse:r'), ['/dev/fuse', '/dev/fuse', 'r']);
  assert.deepEqual(device('/dev/fuse:/dev/x'), ['/dev/fuse', '/dev/x', 'rwm']);
  assert.deepEqual(device('/dev/fuse:/dev/x:rm'), ['/dev/fuse', '/dev/x', 'rm']);
});

test('malformed limits are refused', () => {
  const cases: [() => unknown, RegExp][] = [
    [() => readUlimit('x'), /^invalid ulimit argument: x$/],
    [() => readUlimit('nofile=5:2'), /soft limit must be less than or equal to hard limit: 5 > 2/],
    [() => readUlimit('nofile=x'), /strconv.ParseInt: parsing "x": invalid syntax/],
    [() => readByteRate('x'), /^bad format: x$/],
    [() => readByteRate('/dev/sda:x'), /^invalid rate for device: \/dev\/sda:x\. The correct format/],
    [() => readWeight('/dev/sda:5'), /^invalid weight for device/],
    [() => readDevice('/dev/a:/b:x'), /^invalid device specification/],
    [() => readRestart('on-failure:x'), /maximum retry count must be an integer/],
    [() => readRestart(':5'), /no policy provided before colon/],
  ];
  for (const [act, message] of cases) assert.throws(act, { message });
});
