import { beforeEach, describe, expect, it, vi } from 'vitest';
import { addSeen, nameLearnt, setStanding, switchOff } from '../../../lambdas/tables/similar/learnt.ts';
import { changeSurrogate } from '../../../lambdas/tables/surrogates/surrogates.ts';
import { freshHouse, house, signedIn } from '../../support/console.ts';
import { words } from '../../support/pages.ts';
import { world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/clock.ts', () => import('../../support/clock.ts'));
vi.mock('../../../lambdas/kit/signed/invoke.ts', () => import('../../support/commands.ts'));

const ROOM = '/console/automations/demo';
const OF = { automation: 'demo', step: 'route' };
const LEARNER = {
  ...{ table: 'control', ...OF, about: 'a1', epoch: 0 },
  of: { prompt: 'route.v1', models: ['house/small'], wrongAtMost: 0.05 },
};

beforeEach(freshHouse);

async function compared(many: number): Promise<void> {
  for (let nth = 0; nth < many; nth += 1)
    await addSeen(LEARNER, {
      ...{ bin: 48, wrong: nth === 0, open: false, vectorUsd: 0.000001, callUsd: 0.0002 },
      ...{ group: nth % 60, mostOfGroup: 9 },
    });
  await nameLearnt(LEARNER, {});
}

const uses = () => addSeen(LEARNER, { bin: 48, open: true, group: 1, mostOfGroup: 99, vectorUsd: 0.000001 });

const similar = { hours: 24, wrongAtMost: 0.05 };

describe('answers without a model, in the room of an automation', () => {
  it('are not spoken of where no step has any, and nothing is read for them', async () => {
    const ann = await signedIn('ann@example.com');
    world.calls = [];
    expect(words((await ann.get(ROOM)).text)).not.toContain('Answers without a model');
    const none = world.calls.filter((call) => call.startsWith('dynamodb')).length;
    house.policy = { steps: { route: { similar } } };
    world.calls = [];
    expect(words((await ann.get(ROOM)).text)).toContain(
      'route: similar questions learning Nothing was compared yet.',
    );
    expect(world.calls.filter((call) => call.startsWith('dynamodb'))).toHaveLength(none + 1);
  });

  it('are told with what comparisons show, what was used, audited, and saved', async () => {
    house.policy = { steps: { route: { similar } } };
    await compared(30);
    const ann = await signedIn('ann@example.com');
    expect(words((await ann.get(ROOM)).text)).toContain(
      'learning route.v1: no answer is used yet 30 comparisons, 1 differed; from 0.96 on 3.3 % wrong, at most 13.6 %, where 5.0 % may be; it takes 52 without an error 0 answers used, US$ 0.00003 more spent than saved 0 answers audited, 0 of them wrong',
    );
    await compared(170);
    for (let nth = 0; nth < 30; nth += 1) await uses();
    expect(words((await ann.get(ROOM)).text)).toContain(
      'answers route.v1: from a score of 0.96 on an answer is used 200 comparisons, 2 differed; from 0.96 on 1.0 % wrong',
    );
    expect(words((await ann.get(ROOM)).text)).toContain(
      '30 answers used, US$ 0.0058 saved 0 answers audited',
    );
    const wrong = { bin: 48, wrong: true, open: true, group: 1, mostOfGroup: 99, vectorUsd: 0 };
    for (let nth = 0; nth < 20; nth += 1) await addSeen(LEARNER, wrong);
    expect(words((await ann.get(ROOM)).text)).toContain('learning route.v1: no answer is used any more');
  });

  it('say why they are off: an operator’s reason to operators alone', async () => {
    house.policy = { steps: { route: { similar } } };
    await compared(60);
    await switchOff('control', LEARNER, '5 of 40 audited answers were wrong');
    const ann = await signedIn('ann@example.com');
    expect(words((await ann.get(ROOM)).text)).toMatch(
      /off since .*, by itself: 5 of 40 audited answers were wrong/,
    );
    await setStanding('control', OF, { on: true, by: 'ops', reason: 'mended' });
    const anew = words((await ann.get(ROOM)).text);
    expect(anew).toMatch(
      /learning ; began anew on .* Nothing was compared yet\. Before it began anew 0 answers used/,
    );
    await setStanding('control', OF, { on: false, by: 'ops', reason: 'Ann <b>complained</b>' });
    expect(words((await ann.get(ROOM)).text)).not.toContain('complained');
    const { text } = await (await signedIn('olga@example.com')).get(ROOM);
    expect(text).toContain('by an operator: Ann &lt;b&gt;complained&lt;/b&gt;');
  });

  it('tell of a surrogate as well', async () => {
    house.policy = { steps: { route: { surrogate: { agreement: 0.97 } } } };
    const ann = await signedIn('ann@example.com');
    expect(words((await ann.get(ROOM)).text)).toContain(
      'route: surrogate learning Nothing was learned yet. 0 answers tried since',
    );
    const off = { at: '2026-11-19T08:00:00.000Z', by: 'ops', reason: 'odd' };
    await changeSurrogate('control', OF, () => ({ lots: 'secret-lots', off }));
    expect(words((await ann.get(ROOM)).text)).toMatch(
      /surrogate off since .*, by an operator Nothing was learned yet\./,
    );
    const held = { share: 0.85, agreement: 0.985, low: 0.977, n: 900 };
    const at = '2026-11-20T08:00:00.000Z';
    await changeSurrogate('control', OF, () => ({
      ...{ lots: 'secret-lots', closed: { Billing: at } },
      model: { version: 'f'.repeat(64), prompt: 'p', at, examples: 1200, labels: 12, held },
      tried: [{ itemId: 'demo_1', label: 'Billing', wrong: true, at }],
      ...{ trained: { at, examples: 1200 }, answered: 1400, calls: 70, callsUsd: 0.014 },
    }));
    const { text } = await ann.get(ROOM);
    expect(words(text)).toMatch(
      /surrogate answers 12 labels from 1,200 examples, learned on .* UTC 85\.0 % answered, 98\.5 % as the model, at least 97\.7 % does not answer Billing 1 answer tried since, 1 of them wrong 1,400 answers used until .* UTC , US\$ 0\.28 saved/,
    );
    expect(text).not.toMatch(/secret-lots|demo_1/);
  });
});
