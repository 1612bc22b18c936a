import { beforeEach, describe, expect, it, vi } from 'vitest';
import type * as asking from '../../../lambdas/kit/signed/ask-keys.ts';
import { type Invoked, invoke } from '../../../lambdas/kit/signed/invoke.ts';
import { readKey, readKeys } from '../../../lambdas/kit/signed/keys.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/clock.ts', async () => ({
  ...(await import('../../support/clock.ts')),
  sleep: async (ms: number) => void slept.push(ms),
}));
vi.mock('../../../lambdas/kit/signed/invoke.ts', () => ({ invoke: vi.fn() }));

const slept = vi.hoisted((): number[] => []);
const invoked = vi.mocked(invoke);
const { askForKeys } = await vi.importActual<typeof asking>('../../../lambdas/kit/signed/ask-keys.ts');
const GOOD: Invoked = { outcome: 'answered', answer: { keys: ['today'] } };
const when = (outcome: Invoked) => invoked.mockResolvedValue(outcome);

beforeEach(() => {
  world.reset();
  time.freeze();
  invoked.mockReset();
  slept.length = 0;
});

describe('whoever asks for keys', () => {
  it('gets them from the function of its purpose, and tells it nothing', async () => {
    when({ outcome: 'answered', answer: { keys: ['today', 'before'] } });
    expect(await askForKeys('keys-of-a')).toEqual(['today', 'before']);
    expect(invoked).toHaveBeenCalledWith('keys-of-a', {}, expect.any(Number));
  });

  const REFUSED = 'it is not there, or may not be called';
  it.each<[string, Invoked, string, string]>([
    ['may not', { outcome: 'refused', status: 403 }, 'SystemError', `${REFUSED} (403)`],
    ['knows of none', { outcome: 'refused', status: 404 }, 'SystemError', `${REFUSED} (404)`],
    ['asks while it is made', { outcome: 'refused', status: 409 }, 'TransientError', 'now: answered 409'],
    ['is too slow', { outcome: 'refused', status: 408 }, 'TransientError', 'now: answered 408'],
    ['asks what has gone', { outcome: 'refused', status: 410 }, 'TransientError', 'now: answered 410'],
    ['asks wrongly', { outcome: 'refused', status: 400 }, 'TransientError', 'now: answered 400'],
    ['finds no room', { outcome: 'throttled' }, 'TransientError', 'now: no room (429)'],
    ['meets a fault', { outcome: 'unknown', status: 502 }, 'TransientError', 'now: answered 502'],
    ['gets no answer', { outcome: 'unknown', cause: new Error('x') }, 'TransientError', 'now: no answer'],
    ['asks one that fails', { outcome: 'unknown' }, 'TransientError', 'now: it failed'],
    ['gets nothing', { outcome: 'answered', answer: {} }, 'TransientError', 'now: it gave none'],
    ['gets null', { outcome: 'answered', answer: null }, 'TransientError', 'now: it gave none'],
    ['gets no list', { outcome: 'answered', answer: { keys: 'abc' } }, 'TransientError', 'gave none'],
    ['gets an empty list', { outcome: 'answered', answer: { keys: [] } }, 'TransientError', 'gave none'],
    ['gets an empty key', { outcome: 'answered', answer: { keys: [''] } }, 'TransientError', 'gave none'],
  ])('has none where it %s, and never an empty one', async (_, outcome, name, message) => {
    when(outcome);
    await expect(askForKeys('keys-of-a')).rejects.toMatchObject({
      ...{ name, message: expect.stringContaining(message) },
    });
  });

  it.each([403, 404])('asks once more after two seconds, as a deploy needs: %i', async (status) => {
    invoked.mockResolvedValueOnce({ outcome: 'refused', status }).mockResolvedValue(GOOD);
    expect(await askForKeys('keys-of-a')).toEqual(['today']);
    expect(slept).toEqual([2_000]);
    when({ outcome: 'refused', status });
    await expect(askForKeys('keys-of-a')).rejects.toThrow(String(status));
    expect(invoked).toHaveBeenCalledTimes(4);
  });

  it('waits three times for room, each time a little, and not all as long', async () => {
    for (let n = 0; n < 3; n += 1) invoked.mockResolvedValueOnce({ outcome: 'throttled' });
    invoked.mockResolvedValueOnce(GOOD);
    expect(await askForKeys('keys-of-a')).toEqual(['today']);
    expect(slept.filter((ms) => ms >= 200 && ms <= 800)).toHaveLength(3);
    expect(new Set(slept).size).toBeGreaterThan(1);
    when({ outcome: 'throttled' });
    await expect(askForKeys('keys-of-a')).rejects.toMatchObject({ name: 'TransientError' });
    expect(invoked).toHaveBeenCalledTimes(8);
  });

  it('asks at once for nothing else again: the message comes back', async () => {
    when({ outcome: 'refused', status: 409 });
    await expect(askForKeys('keys-of-a')).rejects.toThrow('409');
    expect(invoked).toHaveBeenCalledTimes(1);
    expect(slept).toEqual([]);
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

  it('are asked for once by all who need them at the same time', async () => {
    world.secrets['keys-of-d'] = '{"key":"d"}';
    const ten = await Promise.all(Array.from({ length: 10 }, () => readKey('keys-of-d')));
    expect(new Set(ten)).toEqual(new Set(['d']));
    expect(world.calls).toHaveLength(1);
    await Promise.all(Array.from({ length: 10 }, () => readKeys('keys-of-d', 0)));
    expect(world.calls).toHaveLength(2);
  });

  it('are asked for anew after a failure, which all of them hear', async () => {
    const ten = await Promise.allSettled(Array.from({ length: 10 }, () => readKey('keys-of-e')));
    expect(new Set(ten.map(({ status }) => status))).toEqual(new Set(['rejected']));
    expect(world.calls).toHaveLength(1);
    world.secrets['keys-of-e'] = '{"key":"e"}';
    expect(await readKey('keys-of-e')).toBe('e');
  });

  it('stay, where newer ones cannot be had', async () => {
    world.secrets['keys-of-f'] = '{"key":"f"}';
    await readKey('keys-of-f');
    delete world.secrets['keys-of-f'];
    await expect(readKeys('keys-of-f', 0)).rejects.toThrow();
    expect(await readKey('keys-of-f')).toBe('f');
  });

  it('that were asked for before are not enough for who wants none that are older, nor kept after newer ones', async () => {
    const answers: ((key: string) => void)[] = [];
    vi.spyOn(world, 'secret').mockImplementation(
      () =>
        new Promise((resolve) => answers.push((key) => resolve({ SecretString: JSON.stringify({ key }) }))),
    );
    const before = readKeys('keys-of-g');
    time.advance(1);
    const now = readKeys('keys-of-g', 0);
    answers[1]?.('now');
    expect(await now).toEqual(['now']);
    answers[0]?.('before');
    expect(await before).toEqual(['before']);
    expect(await readKey('keys-of-g')).toBe('now');
    vi.restoreAllMocks();
  });
});
