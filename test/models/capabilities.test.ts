import { beforeEach, describe, expect, it, vi } from 'vitest';
import { capabilitiesOf, readCapabilities } from '../../lambdas/models/capabilities.ts';
import { named, time, world } from '../support/world.ts';
import { endpoint, offer } from './offers.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
const warned = vi.hoisted(() => vi.fn());
vi.mock('../../lambdas/kit/telemetry.ts', () => ({ logger: { warn: warned } }));

const house = endpoint('house', [offer(), offer({ name: 'terra' })], {
  capabilities: { logprobs: true, batch: false },
});
const row = (models: object, name = 'house') => ({ id: `probe#${name}`, probedAt: 'then', models });

let tests = 0;
/** Findings are kept in memory: every test has an endpoint of its own. */
const fresh = () => {
  tests += 1;
  return { ...house, name: `house-${tests}` };
};

beforeEach(() => {
  world.reset();
  time.freeze();
  warned.mockReset();
});

describe('what is known', () => {
  it('is the configuration, and a finding over it', () => {
    const knows = capabilitiesOf([house], [row({ luna: { logprobs: false, jsonSchema: true } }) as never]);
    expect(knows('house', 'luna', 'logprobs')).toBe(false);
    expect(knows('house', 'luna', 'jsonSchema')).toBe(true);
    expect(knows('house', 'luna', 'batch')).toBe(false);
    expect(knows('house', 'terra', 'logprobs')).toBe(true);
  });

  it('is nothing where nobody said or found anything', () => {
    const knows = capabilitiesOf([house], []);
    expect(knows('house', 'luna', 'responses')).toBeUndefined();
    expect(knows('elsewhere', 'luna', 'logprobs')).toBeUndefined();
  });
});

describe('the findings of the table', () => {
  it('are read once in five minutes', async () => {
    const own = fresh();
    world.tables.put('control', row({ luna: { responses: true } }, own.name));
    expect((await readCapabilities('control', [own]))(own.name, 'luna', 'responses')).toBe(true);
    time.advance(299);
    await readCapabilities('control', [own]);
    expect(world.calls).toEqual(['dynamodb GetCommand']);

    world.tables.put('control', row({ luna: { responses: false } }, own.name));
    time.advance(1);
    expect((await readCapabilities('control', [own]))(own.name, 'luna', 'responses')).toBe(false);
    expect(world.calls).toHaveLength(2);
  });

  it('are not asked for again at once where there are none', async () => {
    const own = fresh();
    await readCapabilities('control', [own]);
    await readCapabilities('control', [own]);
    expect(world.calls).toHaveLength(1);
  });

  it('stay as they were when the table cannot be read, and that is said', async () => {
    const own = fresh();
    world.tables.put('control', row({ luna: { logprobs: false } }, own.name));
    await readCapabilities('control', [own]);
    time.advance(301);
    world.fault = () => {
      throw named('ProvisionedThroughputExceededException');
    };
    expect((await readCapabilities('control', [own]))(own.name, 'luna', 'logprobs')).toBe(false);
    expect(warned).toHaveBeenCalledWith('capabilities not read', {
      id: `probe#${own.name}`,
      reason: 'aws: ProvisionedThroughputExceededException',
    });
    const other = fresh();
    expect((await readCapabilities('control', [other]))(other.name, 'luna', 'logprobs')).toBe(true);
  });
});
