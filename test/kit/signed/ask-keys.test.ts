import { beforeEach, describe, expect, it, vi } from 'vitest';
import type * as asking from '../../../lambdas/kit/signed/ask-keys.ts';
import { type Invoked, invoke } from '../../../lambdas/kit/signed/invoke.ts';
import { readKey, readKeys } from '../../../lambdas/kit/signed/keys.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/clock.ts', () => import('../../support/clock.ts'));
vi.mock('../../../lambdas/kit/signed/invoke.ts', () => ({ invoke: vi.fn() }));

const invoked = vi.mocked(invoke);
const { askForKeys } = await vi.importActual<typeof asking>('../../../lambdas/kit/signed/ask-keys.ts');
const when = (outcome: Invoked) => invoked.mockResolvedValue(outcome);

beforeEach(() => {
  world.reset();
  time.freeze();
  invoked.mockReset();
});

describe('whoever asks for keys', () => {
  it('gets them from the function of its purpose, and tells it nothing', async () => {
    when({ outcome: 'answered', answer: { keys: ['today', 'before'] } });
    expect(await askForKeys('keys-of-a')).toEqual(['today', 'before']);
    expect(invoked).toHaveBeenCalledWith('keys-of-a', {}, expect.any(Number));
  });

  it.each<[string, Invoked, string]>([
    ['may not', { outcome: 'refused', status: 403 }, 'SystemError'],
    ['finds no room', { outcome: 'throttled' }, 'TransientError'],
    ['gets no answer', { outcome: 'unknown' }, 'TransientError'],
    ['gets nothing', { outcome: 'answered', answer: {} }, 'TransientError'],
    ['gets null', { outcome: 'answered', answer: null }, 'TransientError'],
    ['gets no list', { outcome: 'answered', answer: { keys: 'abc' } }, 'TransientError'],
    ['gets an empty list', { outcome: 'answered', answer: { keys: [] } }, 'TransientError'],
    ['gets an empty key', { outcome: 'answered', answer: { keys: [''] } }, 'TransientError'],
  ])('has none where it %s, and never an empty one', async (_, outcome, name) => {
    when(outcome);
    await expect(askForKeys('keys-of-a')).rejects.toMatchObject({ name });
  });
});

describe('keys in memory', () => {
  it('are asked for again after five minutes, or where the reader wants none that are older', async () => {
    world.secrets['keys-of-a'] = '{"key":"one"}';
    expect(await readKey('keys-of-a')).toBe('one');
    world.secrets['keys-of-a'] = '{"key":"two","before":["one"]}';
    expect(await readKey('keys-of-a')).toBe('one');
    expect(await readKeys('keys-of-a', 0)).toEqual(['two', 'one']);
    world.secrets['keys-of-a'] = '{"key":"three"}';
    time.advance(299);
    expect(await readKey('keys-of-a')).toBe('two');
    time.advance(2);
    expect(await readKey('keys-of-a')).toBe('three');
  });

  it('are those of the function that was asked', async () => {
    world.secrets['keys-of-b'] = '{"key":"b"}';
    world.secrets['keys-of-c'] = '{"key":"c"}';
    expect([await readKey('keys-of-b'), await readKey('keys-of-c')]).toEqual(['b', 'c']);
  });
});
