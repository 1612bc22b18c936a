import { describe, expect, it } from 'vitest';
import { guess } from '../../../lambdas/models/surrogate/classifier.ts';
import { fileOf, opened, versionOf } from '../../../lambdas/models/surrogate/file.ts';
import { signsOf } from '../../../lambdas/models/surrogate/signs.ts';
import { scoreOf, stands } from '../../../lambdas/models/surrogate/trust.ts';
import { shareTried, watched } from '../../../lambdas/models/surrogate/watch.ts';
import { leastOf } from '../../../lambdas/operate/surrogates/bounds.ts';
import type { Example } from '../../../lambdas/operate/surrogates/example.ts';
import { capped } from '../../../lambdas/operate/surrogates/senders.ts';
import { isDue, train } from '../../../lambdas/operate/surrogates/train.ts';
import { seeded } from '../../../local/load/random.ts';
import { TOPICS, textAbout } from '../../support/surrogates.ts';

function examples(n: number, labelled = (topic: string, _at: number) => topic): Example[] {
  return Array.from({ length: n }, (_, at) => {
    const topic = TOPICS[at % TOPICS.length] as string;
    const signs = signsOf(textAbout(topic));
    const when = new Date(Date.UTC(2026, 10, 1, 0, at)).toISOString();
    return {
      signs,
      label: labelled(topic, at),
      from: `sender ${at % 50}`,
      at: when,
      reserved: at % 20 === 0,
    };
  });
}

const seen = (n: number, wrong: number, label = 'a') =>
  Array.from({ length: n }, (_, at) => ({
    label,
    score: 0.5 + (n - at) / (2 * n),
    right: at >= wrong,
    weight: 1,
  }));

describe('a bound', () => {
  it('holds for no label of too few guesses, though all are right', () => {
    expect(leastOf(seen(80, 0), 0.97)).toEqual({});
    expect(leastOf(seen(90, 0), 0.97)).toHaveProperty('a');
  });

  it('is each label’s own: one that is wrong opens nothing beside many that are right', () => {
    const least = leastOf([...seen(2000, 0, 'good'), ...seen(900, 90, 'bad')], 0.97);
    expect(Object.keys(least)).toEqual(['good']);
  });

  it('does not hang on the order of guesses that score the same', () => {
    const tied = [
      ...seen(90, 0),
      ...Array.from({ length: 30 }, () => ({ label: 'a', score: 0.4, right: false, weight: 1 })),
    ];
    expect(leastOf(tied, 0.97).a).toBeGreaterThan(0.4);
    expect(leastOf(tied.reverse(), 0.97).a).toBeGreaterThan(0.4);
  });
});

describe('a watch', () => {
  const tries = (n: number, wrong: (at: number) => boolean) =>
    Array.from({ length: n }, (_, at) => ({ label: `l${at % 5}`, wrong: wrong(at) }));

  it('breaks soon where a third is wrong, and tries more from the first wrong one on', () => {
    expect(
      watched(
        tries(12, (at) => at % 2 === 0),
        0.97,
      ),
    ).toMatchObject({ state: 'broken' });
    expect(
      shareTried(
        watched(
          tries(9, (at) => at === 8),
          0.97,
        ),
      ),
    ).toBe(0.25);
    expect(
      shareTried(
        watched(
          tries(9, () => false),
          0.97,
        ),
      ),
    ).toBe(0.05);
  });

  it('breaks in few of a hundred long times in which no more is wrong than half of what may be', () => {
    const next = seeded(3);
    const broken = Array.from({ length: 100 }, () =>
      watched(
        tries(300, () => next() < 0.015),
        0.97,
      ),
    ).filter(({ state }) => state === 'broken');
    expect(broken.length).toBeLessThanOrEqual(5);
  });

  it('closes one label that is wrong among many that are right', () => {
    const one = tries(200, (at) => at % 5 === 2 && at > 150);
    expect(watched(one, 0.97)).toMatchObject({ state: 'broken' });
  });
});

describe('what is learned', () => {
  it('is nothing from few examples, and the same from the same', () => {
    expect(train(examples(40), { agreement: 0.95 })).toBeUndefined();
    const some = examples(400);
    const versions = [train(some, { agreement: 0.95 }), train(some, { agreement: 0.95 })].map(
      (it) => it && versionOf(fileOf(it.surrogate)),
    );
    expect(versions[0]).toBeDefined();
    expect(versions[0]).toBe(versions[1]);
  });

  it('is the same once it was a file', () => {
    const { surrogate } = train(examples(400), { agreement: 0.95 }) ?? {};
    if (!surrogate) throw new Error('nothing was learned');
    const file = fileOf(surrogate);
    const again = opened(JSON.parse(JSON.stringify(file)));
    const signs = signsOf(textAbout('access'));
    expect(guess(again.classifier, signs)).toEqual(guess(surrogate.classifier, signs));
    expect(() => opened({ ...file, format: 2 })).toThrow('format');
  });

  it('does not stand where a text is stuffed with signs of a label, and says something else', () => {
    const { surrogate } = train(examples(800), { agreement: 0.95 }) ?? {};
    if (!surrogate) throw new Error('nothing was learned');
    const { classifier, trust, least } = surrogate;
    const stuffed = `${'invoice refund payment '.repeat(3)} ${Array.from({ length: 40 }, (_, at) => `krull${at}x`).join(' ')}`;
    const { label, facts } = guess(classifier, signsOf(stuffed));
    expect(stands({ label }, scoreOf(trust, facts), least)).toBe(false);
  });

  it('answers nothing of a model that lies by chance', () => {
    const next = seeded(4);
    const lied = examples(800, () => TOPICS[Math.floor(next() * TOPICS.length)] as string);
    expect(Object.keys(train(lied, { agreement: 0.95 })?.surrogate.least ?? {})).toEqual([]);
  });

  it('counts little of one sender and of one text', () => {
    const many = examples(200);
    const flood = examples(400).map((it) => ({ ...it, from: 'one' }));
    const kept = capped([...many, ...flood]);
    expect(kept.filter(({ from }) => from === 'one').length).toBeLessThanOrEqual(60);
    const { signs } = many[0] as Example;
    const copies = Array.from({ length: 50 }, (_, at) => ({ ...(many[at] as Example), signs }));
    expect(capped(copies).length).toBe(5);
    expect(capped(copies.map((it) => ({ ...it, byPerson: true }))).length).toBe(50);
  });
});

it('training is due with a quarter more, daily, and soon where it is off', () => {
  expect(isDue({ examples: 1000, fresh: 249, hours: 5 }, false)).toBe(false);
  expect(isDue({ examples: 1000, fresh: 250, hours: 5 }, false)).toBe(true);
  expect(isDue({ examples: 1000, fresh: 20, hours: 24 }, false)).toBe(true);
  expect(isDue({ examples: 1000, fresh: 50, hours: 1 }, true)).toBe(true);
});
