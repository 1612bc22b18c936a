import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { QUESTIONS } from '../../../lambdas/console/rooms/review.ts';
import { setCaution } from '../../../lambdas/tables/control/caution.ts';
import { writeStanding } from '../../../lambdas/tables/samples/samples.ts';
import { freshHouse, house, inMinutes, SETTINGS, signedIn } from '../../support/console.ts';
import { fortnight, happened } from '../../support/hours.ts';
import { words } from '../../support/pages.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/clock.ts', () => import('../../support/clock.ts'));
vi.mock('../../../lambdas/kit/signed/invoke.ts', () => import('../../support/commands.ts'));

beforeEach(freshHouse);

const YEAR_SECONDS = 365 * 86_400;
const ROOM = '/console/automations/demo';
const audit = () => world.tables.all('audit').filter(({ command }) => command === 'review');

describe('the control room of an automation', () => {
  it('takes ten reads at most, and as many for a fortnight of items as for none', async () => {
    house.audit = { share: 0.05, group: 'leads', target: 0.99 };
    const precision = { value: 0.98, low: 0.93, high: 0.995, n: 120 };
    await writeStanding('control', 'demo', { held: [], since: {}, precision });
    const ann = await signedIn('ann@example.com');
    const reads = async () => {
      world.calls = [];
      expect((await ann.get(ROOM)).status).toBe(200);
      return world.calls.filter((call) => call.startsWith('dynamodb')).length;
    };
    const none = await reads();
    await fortnight();
    for (let at = 0; at < 40; at += 1) await happened(at * 8 + 0.5, { received: 900, done: 800 });
    expect(await reads()).toBe(none);
    expect(none).toBeLessThanOrEqual(10);
    expect(words((await ann.get(ROOM)).text)).toContain(
      'Right, by audits 98 % 93 % to 99.5 %, of 120 in 28 days',
    );
  });

  it('tells volume, time, money, quality and people, each against the week before', async () => {
    const ann = await signedIn('ann@example.com');
    await fortnight();
    const { text } = await ann.get(ROOM);
    const told = words(text);
    expect(told).toContain('Received 280 +100 %');
    expect(told).toContain('Done 224 +100 %');
    expect(told).toContain('Acted alone 70 % as before');
    expect(told).toContain('Parked or quarantined 14');
    expect(told).toContain('Models US$ 0.84 +100 %');
    expect(told).toContain('Overridden 33 % as before');
    // In bold what changed, and nothing else; in the report of a week as well.
    expect(text).toContain('<p class="trend">+100 %</p>');
    expect(text).toContain('<p class="soft">as before</p>');
    const report = (await ann.get('/console/report')).text;
    expect(report).toContain('and in bold what changed');
    expect(report).toMatch(/<b>[+−]\d/);
    expect(report).not.toMatch(/<b>(?:as before)?<\/b>/);
    expect(told).toContain('14 SystemError');
    // 14 times 180 seconds at 60 dollars an hour.
    expect(told).toContain('Their time US$ 42.00 +100 % 42 min');
    expect(told).toContain('Decided fast 0 %');
    expect(told).toContain('route.v2 (new this week)');
    expect(told).not.toContain('Right, by audits');
    expect(text).not.toContain('bob@example.com');
  });

  it('tells times by stage, and of each label what audits found, apart from what operators want', async () => {
    house.audit = { share: 0.05, group: 'leads', target: 0.99 };
    const share = (value: number) => ({ value, low: 0.5, high: 0.99, n: 12 });
    const byLabel = { Billing: { precision: share(0.75), recall: share(0.9) } };
    await writeStanding('control', 'demo', { held: ['Billing'], since: {}, byLabel });
    const change = { on: true, actions: [], by: 'Signalbox', reason: 'audits' };
    await setCaution('control', 'demo', { ...change, labels: ['Billing'] });
    await setCaution('control', 'demo', { ...change, labels: ['Other'], by: 'ops' });
    await happened(1, { received: 2 }, { of: [['stage', 'process']], t: { ms: 800 } });
    const ann = await signedIn('ann@example.com');
    const told = words((await ann.get(ROOM)).text);
    expect(told).toContain('Billing 75 % (50 % to 99 %) 12 90 % (50 % to 99 %) 12');
    expect(told).toContain('It asks a person about Billing: audits find too much of that wrong.');
    expect(told).toContain('It asks a person about Other: an operator wants caution.');
    expect(told).toContain('Stage Half within 95 within 99 within');
  });

  it('says what is not known as such, of an automation that has done nothing', async () => {
    const ann = await signedIn('ann@example.com');
    const told = words((await ann.get(ROOM)).text);
    expect(told).toContain('Received 0');
    expect(told).toContain('Half within –');
    expect(told).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('draws charts with a table beside each, without script or style of their own', async () => {
    const ann = await signedIn('ann@example.com');
    await fortnight();
    const { text } = await ann.get(ROOM);
    const figures = text
      .split('<figure')
      .slice(1)
      .map((part) => part.split('</figure>')[0] ?? '');
    expect(figures).toHaveLength(3);
    for (const figure of figures) {
      expect(figure).toMatch(/role="img" aria-labelledby="\S+ \S+"/);
      expect(figure.match(/<th scope="row">\d{4}-\d\d-\d\d<\/th>/g)).toHaveLength(14);
      expect(figure).not.toMatch(/NaN|style=|<script/);
    }
  });

  it('is no page of an automation that is none', async () => {
    const ann = await signedIn('ann@example.com');
    for (const name of ['other', 'constructor', '%3Cb%3E'])
      expect((await ann.get(`/console/automations/${name}`)).status).toBe(404);
  });
});

describe('the registry', () => {
  it('shows owner, state and when the review is due, to everybody who is signed in', async () => {
    time.advance(YEAR_SECONDS);
    const ann = await signedIn('ann@example.com');
    const told = words((await ann.get('/console/automations')).text);
    expect(told).toContain(
      '1 review overdue. 1 automation with an owner who is nobody in the configuration.',
    );
    expect(told).toMatch(/overdue since \d{4}-\d\d-\d\d/);
  });
});

describe('a review', () => {
  const note = 'limits still fit';

  it('asks what the docs say that it asks', () => {
    const docs = readFileSync('docs/control-room.md', 'utf8');
    for (const [at, question] of QUESTIONS.entries()) expect(docs).toContain(`${at + 1}. ${question}\n`);
  });

  it('is recorded by an operator, with who, when and what, and is in the audit', async () => {
    time.advance(YEAR_SECONDS);
    const olga = await signedIn('olga@example.com');
    const done = await olga.send(ROOM, { what: 'review', note });
    expect(done.status).toBe(200);
    expect(words(done.text)).toMatch(/The review is on record\. The next one is due by 202[78]-\d\d-\d\d\./);
    expect(words(done.text)).toContain(`olga@example.com, `);
    expect(audit()).toMatchObject([{ automation: 'demo', by: 'olga@example.com', comment: note }]);
    expect((await olga.get('/console/automations')).text).not.toContain('overdue since');
  });

  it('is recorded by who answers for the automation, without a note', async () => {
    house.settings = { ...SETTINGS, owners: { 'Demo Team': ['owen@example.com'] } };
    const owen = await signedIn('owen@example.com');
    expect((await owen.send(ROOM, { what: 'review', note: '' })).status).toBe(200);
    expect(audit()).toMatchObject([{ by: 'owen@example.com' }]);
    expect(audit()[0]).not.toHaveProperty('comment');
  });

  it('is nobody else’s to record: no form, and none is taken', async () => {
    house.settings = { ...SETTINGS, owners: { Others: ['owen@example.com'] } };
    for (const email of ['ann@example.com', 'august@example.com', 'owen@example.com']) {
      const other = await signedIn(email);
      expect((await other.get(ROOM)).text).not.toContain('I have reviewed it');
      expect((await other.send('/console/me', { what: 'review' }, ROOM)).status).toBe(403);
    }
    expect(audit()).toEqual([]);
  });

  it('takes no form that we did not make, and shows a note as words', async () => {
    const olga = await signedIn('olga@example.com');
    const forged = { what: 'review', note, nonce: 'made-up' };
    expect((await olga.post(ROOM, forged)).status).toBe(400);
    expect((await olga.send(ROOM, { what: 'review', note: 'no' })).status).toBe(400);
    expect((await olga.send(ROOM, { what: 'maybe' })).status).toBe(400);
    expect(audit()).toEqual([]);
    await olga.send(ROOM, { what: 'review', note: '<b>fits</b>' });
    expect((await olga.get(ROOM)).text).toContain('&lt;b&gt;fits&lt;/b&gt;');
  });

  it('counts from the day that is later, declared or recorded', async () => {
    const at = inMinutes(0);
    world.tables.put('control', { id: 'demo_review#last', at: '2020-01-01T00:00:00.000Z', by: 'olga' });
    const olga = await signedIn('olga@example.com');
    expect(words((await olga.get(ROOM)).text)).not.toContain('Last on 2020-01-01');
    await olga.send(ROOM, { what: 'review' });
    expect(words((await olga.get(ROOM)).text)).toContain(`Last on ${at.slice(0, 10)}`);
  });
});
