import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  AMOUNT,
  asksOnceMore,
  BOB,
  editable,
  fieldsIn,
  fieldsOf,
  KEY,
  post,
  question,
  row,
} from '../../../support/desk.ts';
import { time, world } from '../../../support/world.ts';

vi.mock('../../../../lambdas/kit/aws.ts', () => import('../../../support/clients.ts'));
vi.mock('../../../../lambdas/kit/objects.ts', () => import('../../../support/content.ts'));
vi.mock('../../../../lambdas/kit/clock.ts', () => import('../../../support/clock.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
  // The keys of the test before are in memory no longer.
  age += 1000;
  time.advance(age);
});

let age = 0;
const FITS = { decision: 'approve', comment: 'It fits.' };

function change(key: string, ...before: string[]): void {
  world.secrets['signalbox/approvals'] = JSON.stringify({ key, before });
  time.advance(301);
}

describe('an approval page that is open when the root of keys is changed (ADR 0115)', () => {
  it('is recorded, also where that happens before each of its two forms', async () => {
    question();
    const page = await fieldsOf();
    change('two', KEY);
    const asked = await post({ ...page, ...FITS });
    expect(asksOnceMore(asked)).toBe(true);
    change('three', 'two', KEY);
    await post(fieldsIn(asked.text));
    expect(row()).toMatchObject({ status: 'decided', decision: 'approve' });
  });

  it('is recorded where its container does not know the root yet by which the page was made', async () => {
    question();
    change('two', KEY);
    const page = await fieldsOf();
    // The container that the form comes to has read the keys a minute before the change.
    world.secrets['signalbox/approvals'] = JSON.stringify({ key: KEY });
    time.advance(301);
    await fieldsOf(BOB);
    world.secrets['signalbox/approvals'] = JSON.stringify({ key: 'two', before: [KEY] });
    time.advance(60);
    const asked = await post({ ...page, ...FITS });
    expect(asksOnceMore(asked)).toBe(true);
  });

  it('is told who changed the proposal, and how', async () => {
    question(editable(AMOUNT), { quorum: 2 });
    const bobs = await fieldsOf(BOB);
    await post(fieldsIn((await post({ ...(await fieldsOf()), ...FITS, amount: '20.00' })).text));
    change('two', KEY);
    const { text } = await post({ ...bobs, ...FITS });
    expect(text).toContain('changed the proposal while you read it (amount from 24.90 to 20.00)');
  });

  it('is no page of ours once the earlier root is gone', async () => {
    question();
    const page = await fieldsOf();
    change('two');
    const asked = await post({ ...page, ...FITS });
    expect([asksOnceMore(asked), row().status]).toEqual([false, 'pending']);
  });

  it('asks for keys only where a form does not fit: a first form is none that confirms', async () => {
    question();
    const page = await fieldsOf();
    time.advance(60);
    world.calls = [];
    await post({ ...page, ...FITS });
    expect(world.calls.filter((call) => call.startsWith('secretsmanager'))).toEqual([]);
  });
});
