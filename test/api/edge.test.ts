import { beforeEach, describe, expect, it, vi } from 'vitest';
import { cameByEdge } from '../../lambdas/api/edge.ts';
import { EDGE_HEADER } from '../../lambdas/contract/names.ts';
import { time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));

const SECRET = 'signalbox/edge';
let minutes = 0;

beforeEach(() => {
  world.reset();
  time.freeze();
  // What was read before is too old.
  minutes += 10;
  time.advance(minutes * 60);
  world.secrets[SECRET] = JSON.stringify({ value: 'right' });
});

describe('a request to an API behind CloudFront', () => {
  it('has the header that CloudFront adds', async () => {
    expect(await cameByEdge({ [EDGE_HEADER]: 'right' }, SECRET)).toBe(true);
  });

  it.each([undefined, {}, { [EDGE_HEADER]: '' }, { [EDGE_HEADER]: 'wrong' }, { [EDGE_HEADER]: 'right ' }])(
    'is denied with %j',
    async (headers) => expect(await cameByEdge(headers, SECRET)).toBe(false),
  );

  it('is denied where the secret has no value: nothing is no password', async () => {
    for (const value of ['', undefined]) {
      time.advance(120);
      world.secrets[SECRET] = JSON.stringify({ value });
      for (const sent of ['', 'undefined'])
        expect(await cameByEdge({ [EDGE_HEADER]: sent }, SECRET)).toBe(false);
    }
  });

  it('of an API that is behind nothing needs none', async () => {
    expect(await cameByEdge(undefined, 'none')).toBe(true);
  });
});
