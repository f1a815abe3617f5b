import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ipamConfig } from './network.ts';

const wish = { subnets: [] as string[], ranges: [] as string[], gateways: [] as string[], auxiliary: {} };

test('ranges, gateways and auxiliary addresses go to the subnet that holds them', () => {
  const config = ipamConfig({
    subnets: ['10.1.0.0/16', '2001:db8::/64'],
    ranges: ['10.1.5.0/24'],
    gateways: ['2001:db8::1', '10.1.0.1'],
    auxiliary: { router: '10.1.0.2' },
  });
  assert.deepEqual(config, [
    {
      Subnet: '10.1.0.0/16',
      IPRange: '10.1.5.0/24',
      Gateway: '10.1.0.1',
      AuxiliaryAddresses: { router: '10.1.0.2' },
    },
    { Subnet: '2001:db8::/64', Gateway: '2001:db8::1' },
  ]);
});

test('what belongs to no subnet is refused', () => {
  const cases: [Partial<typeof wish>, string][] = [
    [{ gateways: ['10.1.0.1'] }, 'every ip-range or gateway must have a corresponding subnet'],
    [{ subnets: ['10.1.0.0/16'], gateways: ['10.2.0.1'] }, 'no matching subnet for gateway 10.2.0.1'],
    [{ subnets: ['10.1.0.0/16'], ranges: ['10.2.0.0/24'] }, 'no matching subnet for range 10.2.0.0/24'],
    [
      { subnets: ['10.1.0.0/16', '10.1.2.0/24'] },
      'multiple overlapping subnet configuration is not supported',
    ],
    [{ subnets: ['10.1.0.0'], gateways: ['10.1.0.1'] }, 'invalid CIDR address: 10.1.0.0'],
  ];
  for (const [part, message] of cases) assert.throws(() => ipamConfig({ ...wish, ...part }), { message });
});
