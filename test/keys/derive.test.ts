import { beforeEach, describe, expect, it, vi } from 'vitest';
import { isSealed, sealKey, sealVerdict } from '../../lambdas/gate/seal.ts';
import { keysOf } from '../../lambdas/keys/derive.ts';
import { time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/clock.ts', () => import('../support/clock.ts'));
/* As between two functions: each purpose has its own. */
vi.mock('../../lambdas/kit/signed/ask-keys.ts', () => ({
  askForKeys: async (purpose: string) => (await made(purpose)).keys,
}));

const OLD_ROOT = 'a'.repeat(48);
const NEW_ROOT = 'b'.repeat(48);
const madeBy = (Value: string) => [{ Key: 'aws:cloudformation:stack-name', Value }];
const STACK = madeBy('Signalbox-test-demo');

/** A stage that no test before has read anything of: what is not there is remembered for half a minute. */
let stage = 0;
const place = (purpose: string) => `signalbox/test/${stage}/${purpose}`;
const made = (purpose: string) =>
  keysOf({ ROOT_SECRET: place('keys'), PURPOSE: purpose, EARLIER_SECRET: place(purpose) });
const root = (held: object) => {
  world.secrets[place('keys')] = JSON.stringify(held);
};
const earlier = (purpose: string, key: string, tags = STACK) => {
  world.secrets[place(purpose)] = JSON.stringify({ key });
  world.secretTags[place(purpose)] = tags;
};

beforeEach(() => {
  world.reset();
  time.freeze();
  stage += 1;
  root({ key: OLD_ROOT });
});

describe('keys of a purpose', () => {
  it('are the same each time, long, and none of another purpose or another root', async () => {
    const [one, again, other] = [await made('gates/a'), await made('gates/a'), await made('gates/b')];
    expect(again).toEqual(one);
    expect(one.keys).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
    expect(other.keys).not.toEqual(one.keys);
    root({ key: NEW_ROOT });
    expect((await made('gates/a')).keys).not.toEqual(one.keys);
  });

  it.each([[undefined], [''], ['short'], [7], [null]])(
    'are none where the secret holds no key: %j',
    async (key) => {
      root({ key, before: [OLD_ROOT] });
      await expect(made('gates/a')).rejects.toThrow('holds no key');
    },
  );

  it('of before are behind those of today', async () => {
    const [before] = (await made('decisions')).keys;
    root({ key: NEW_ROOT, before: [OLD_ROOT] });
    const { keys } = await made('decisions');
    expect(keys).toHaveLength(2);
    expect(keys[1]).toBe(before);
  });
});

describe('a secret of keys that is filled wrongly', () => {
  it.each([
    ['before as a text', { before: OLD_ROOT }, "'before' must be a list"],
    ['before with objects', { before: [{ key: OLD_ROOT }] }, "'before' must be a list"],
    ['before with a short one', { before: [OLD_ROOT, 'x'] }, "'before' must be a list"],
    ['kept as a list', { kept: ['a'] }, "'kept' must hold keys by their purpose"],
    ['kept as a text', { kept: 'a' }, "'kept' must hold keys by their purpose"],
    ['a list as a key', { kept: { 'gates/demo': ['a'] } }, "a text for 'gates/demo'"],
    ['an empty key', { kept: { 'gates/demo': '' } }, "a text for 'gates/demo'"],
  ])('says so, and leaves no key out in silence: %s', async (_, held, words) => {
    root({ key: NEW_ROOT, ...held });
    await expect(made('gates/demo')).rejects.toThrow(words);
  });

  it('has keys for purposes that are named like what every object has', async () => {
    root({ key: OLD_ROOT, kept: {} });
    for (const purpose of ['constructor', '__proto__', 'toString'])
      expect((await made(purpose)).keys).toHaveLength(1);
  });
});

describe('what was sealed', () => {
  const judged = {
    ...{ itemId: 'demo_1', automation: 'demo', generation: 1, digest: 'd', verdict: 'act' as const },
    ...{ action: 'refund', risk: 'routine' as const },
  };
  const seal = async (purpose: string) => sealVerdict(await sealKey(purpose), judged);
  const holds = (sealed: string, purpose: string) =>
    isSealed(sealed, purpose, (key) => sealVerdict(key, judged));
  /** Another container each time: keys are kept in memory by their purpose. */
  const fresh = (purpose: string) => `${purpose}-${stage}`;

  it('holds when the root is changed, and does not once it is forgotten', async () => {
    const sealed = await seal(fresh('gates/demo'));
    root({ key: NEW_ROOT, before: [OLD_ROOT] });
    expect(await holds(sealed, fresh('gates/demo'))).toBe(true);
    root({ key: 'c'.repeat(48), before: [NEW_ROOT] });
    const after = `${sealed.slice(0, -1)}${sealed.endsWith('0') ? '1' : '0'}`;
    expect(await holds(after, fresh('gates/demo'))).toBe(false);
  });

  it('by a container that began before the root was changed is believed by one that began after, and the reverse', async () => {
    const old = await seal(fresh('gates/demo'));
    root({ key: NEW_ROOT, before: [OLD_ROOT] });
    const { keys } = await made(fresh('gates/demo'));
    expect(old).toBe(sealVerdict(keys[1] ?? '', judged));
    expect(await holds(sealVerdict(keys[0] ?? '', judged), fresh('gates/demo'))).toBe(true);
  });

  it('by another automation is no seal of this one', async () => {
    expect(await holds(await seal(fresh('gates/other')), fresh('gates/demo'))).toBe(false);
  });
});

describe('a secret that an earlier version left', () => {
  it('is the key until the root is changed, and then one of before', async () => {
    const [derived] = (await made('gates/demo')).keys;
    time.advance(31);
    earlier('gates/demo', 'key-of-before');
    expect((await made('gates/demo')).keys).toEqual(['key-of-before', derived]);
    root({ key: NEW_ROOT, before: [OLD_ROOT] });
    const { keys } = await made('gates/demo');
    expect(keys.slice(1)).toEqual([derived, 'key-of-before']);
  });

  it('seals nothing any more once the root was changed, also where what the root was is forgotten', async () => {
    earlier('gates/demo', 'key-of-before');
    expect((await made('gates/demo')).keys[0]).toBe('key-of-before');
    for (const before of [[OLD_ROOT], []]) {
      root({ key: NEW_ROOT, before });
      expect((await made('gates/demo')).keys[0]).toMatch(/^[0-9a-f]{64}$/);
      root({ key: NEW_ROOT, before, kept: { 'gates/demo': 'key-of-before' } });
      expect((await made('gates/demo')).keys[0]).toMatch(/^[0-9a-f]{64}$/);
    }
  });

  it('need not be there, and AWS may say so as of one that nobody may read', async () => {
    const asked = world.secret.bind(world);
    vi.spyOn(world, 'secret').mockImplementation((command, input) =>
      command === 'DescribeSecretCommand'
        ? Promise.reject(Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' }))
        : asked(command, input),
    );
    const { keys } = await made('decisions').finally(() => vi.restoreAllMocks());
    expect(keys).toHaveLength(1);
  });

  it('may be moved into the root and removed, which changes nothing', async () => {
    earlier('gates/demo', 'key-of-before');
    const before = await made('gates/demo');
    root({ key: OLD_ROOT, kept: { 'gates/demo': 'key-of-before' } });
    delete world.secrets[place('gates/demo')];
    expect(await made('gates/demo')).toEqual(before);
  });

  it.each([
    ['no tag', []],
    ['a tag of its own', [{ Key: 'stack-name', Value: 'Signalbox-test-demo' }]],
    ['the tag of a stack that is not of this stage', madeBy('Mine')],
    ['the tag of the stack of another automation', madeBy('Signalbox-test-other')],
    ['the tag of the platform, which made no gates', madeBy('Signalbox-test-platform')],
  ])('is none where somebody else made it: it has %s', async (_, tags) => {
    const { keys } = await made('gates/demo');
    time.advance(31);
    earlier('gates/demo', 'a-key-that-the-attacker-knows', tags);
    expect((await made('gates/demo')).keys).toEqual(keys);
  });

  it('keeps nobody from the keys by holding nonsense', async () => {
    const { keys } = await made('gates/demo');
    time.advance(31);
    for (const held of ['null', '{}', '{"key":7}', '{"key":""}']) {
      stage += 1;
      root({ key: OLD_ROOT });
      world.secrets[place('gates/demo')] = held;
      world.secretTags[place('gates/demo')] = STACK;
      expect((await made('gates/demo')).keys).toEqual(keys);
    }
  });
});
