import { describe, expect, it } from 'vitest';
import type { Sample } from '../../lambdas/contract/audits/sample.ts';
import type { Gathered } from '../../lambdas/reports/gathered.ts';
import { reportMail } from '../../lambdas/reports/mail.ts';
import { reportOf } from '../../lambdas/reports/report.ts';
import { rowsOf } from '../../lambdas/reports/rows.ts';
import { reportText } from '../../lambdas/reports/text.ts';
import type { AuditEntry, HouseEntry } from '../../lambdas/tables/audit/audit.ts';
import { ALL, type Fact, type Figures, withFacts } from '../../lambdas/tables/statistics/figures.ts';
import { record } from '../support/audit.ts';

const WEEK = { week: '2026-W48', from: '2026-11-23T00:00:00.000Z', to: '2026-11-30T00:00:00.000Z' };
const NOW = '2026-11-30T06:10:00.000Z';
const RATES = { fastSeconds: 5, attentionUsdPerHour: 60 };
const QUIET = {
  ...{ ownerKnown: true, reviewDue: '2027-02-18', reviewOverdue: false, state: 'running', caution: [] },
};

function figures(n: Fact['n'], more: readonly Partial<Fact>[] = []): Figures {
  const of: Fact['of'] = [['all', ALL]];
  return withFacts({}, [
    { at: WEEK.from, of, ...(n ? { n } : {}) },
    ...more.map((it) => ({ at: WEEK.from, of, ...it })),
  ]);
}

function given(now: Figures, more: Partial<Gathered> = {}): Gathered {
  return {
    known: {
      ...{ name: 'demo', owner: 'Demo Team', purpose: 'Show how it goes.' },
      ...{ lastReviewed: '2026-11-20', reviewEveryDays: 90, budget: { perDayUsd: 5, perItemUsd: 1 } },
    },
    hours: [{ hour: '2026-11-24T09', figures: now }],
    hoursBefore: [],
    ...{ samples: [], samplesBefore: [], foundWrong: 0 },
    daysSpent: [],
    shifts: [],
    entries: [],
    commands: [],
    standing: QUIET,
    ...more,
  };
}

const report = (...all: Gathered[]) => reportOf({ ...WEEK, now: NOW }, all, RATES);
const section = (now: Figures, more: Partial<Gathered> = {}) => {
  const [made] = report(given(now, more)).automations;
  if (!made) throw new Error('no section');
  return made;
};
const codes = (now: Figures, more: Partial<Gathered> = {}) =>
  section(now, more).decide.map(({ code }) => code);

const audited = (said: string, at = 1): Sample => ({
  ...{ itemId: `demo_${at}`, generation: 1, at: WEEK.from, label: 'Billing', verdict: 'act', marks: [] },
  ...{ probability: 1, people: 1, answers: [{ by: 'x', at: NOW, label: said, verdict: 'act' }] },
});

describe('the report of a week', () => {
  it('asks what is to be learnt where audits find less right than the target, for sure', () => {
    const audit = { share: 0.05, group: 'leads', target: 0.9 };
    const { known } = given({});
    const of = (wrong: number, all: number) =>
      codes(figures({ received: 60 }), {
        known: { ...known, audit },
        samples: Array.from({ length: all }, (_, at) => audited(at < wrong ? 'other' : 'Billing', at)),
      });
    expect(of(12, 40)).toContain('audit');
    // It may be chance.
    expect(of(1, 6)).not.toContain('audit');
    expect(of(0, 40)).not.toContain('audit');
  });

  it('tells what audits found right, in figures, text and mail, and of what nobody audits nothing', async () => {
    const samples = [
      audited('Billing', 1),
      audited('Billing', 2),
      audited('other', 3),
      audited('Billing', 4),
    ];
    const made = report(
      given(figures({ received: 6 }), { samples, samplesBefore: [audited('Billing')] }),
      given(figures({ received: 2 })),
    );
    expect(made.automations[0]?.now.auditPrecision).toMatchObject({ value: 0.75, n: 4 });
    expect(made.automations[1]?.now).not.toHaveProperty('auditPrecision');
    expect(made.all.before.auditPrecision).toMatchObject({ value: 1, n: 1 });
    expect(reportText(made)).toMatch(/Right, by audits +75 % +\(before 100 %, −25 points\)/);
    const bounds = '30 % to 95 %, of 4; before 21 % to 100 %, of 1';
    expect(reportText(made)).toContain(`\n  ${bounds}\n`);
    const mail = await reportMail(made, 'https://desk.example');
    expect(mail.html.replaceAll(/<[^>]*>/g, '')).toContain(`Right, by audits${bounds}`);
    expect(mail.text).toContain(bounds);
  });

  it('is of each automation and of all together, against the week before', () => {
    const before = [{ hour: '2026-11-17T09', figures: figures({ received: 4, done: 4 }) }];
    const one = given(figures({ received: 6, done: 5, nanoUsd: 2e9 }), { hoursBefore: before });
    const made = report(one, given(figures({ received: 2 })));
    expect(made).toMatchObject({
      ...{ week: '2026-W48', complete: true, madeAt: NOW },
      all: { now: { received: 8, done: 5, costUsd: 2 }, before: { received: 4 } },
      automations: [{ automation: 'demo', now: { received: 6 }, before: { received: 4 } }, {}],
    });
    expect(made.automations[0]?.days).toEqual([{ day: '2026-11-24', done: 5, ended: 0, stopped: 0 }]);
    expect(reportText(made)).toMatch(/Received +8 {2}\(before 4, \+100 %\)/);
  });

  it('marks what changed against the week before, and nothing that is as it was', () => {
    const now = section(figures({ received: 6, done: 5, judged: 6 })).now;
    expect(rowsOf(now, now).filter(({ changed }) => changed)).toEqual([]);
    const more = rowsOf({ ...now, done: 6 }, now).filter(({ changed }) => changed);
    expect(more.map(({ name, change }) => [name, change])).toEqual([['Done', '+20 %']]);
  });

  it('says so far while the week is not over', () => {
    const made = reportOf({ ...WEEK, now: '2026-11-28T09:00:00.000Z' }, [given(figures({}))], RATES);
    expect(made.complete).toBe(false);
    expect(reportText(made)).toContain('So far: the week is not over.');
  });

  it('says what broke, the most first, and what operators did', () => {
    const errors = [
      { of: [['stage', 'act']] as const, n: { TransientError: 3 } },
      { of: [['stage', 'route']] as const, n: { SystemError: 9 } },
    ];
    const command = (text: string): HouseEntry => ({
      ...{ month: '2026-11', order: text, at: NOW, event: 'command', automation: 'demo', by: 'olga' },
      ...{ command: text, expiresAt: 0 },
    });
    const { broke } = section(
      figures({ parked: 12, expired: 1, calls: 90, failed: 7, promised: 10, met: 9 }, errors),
      {
        daysSpent: ['2026-11-25'],
        commands: [command('suspend'), command('resume'), command('resume addUsd=5'), command('review')],
      },
    );
    expect(broke.map(({ words }) => words)).toEqual([
      '9 stopped at route: SystemError',
      '3 stopped at act: TransientError',
      '7 of 90 calls of models failed',
      '10 % of the promises that came due were broken',
      '1 expired: nobody decided in time',
      'its budget was spent on 2026-11-25',
      'operators gave suspend once',
      'operators gave resume 2 times',
    ]);
    expect(broke[0]?.link).toBe('/console/operate/items?automation=demo&class=SystemError&stage=route');
  });

  it('says what people mended, and which prompts are new', () => {
    const version = (name: string) => figures({}, [{ of: [['promptVersion', name]], n: { calls: 1 } }]);
    const edits = [{ field: 'amount', from: '24.90', to: '20.00' }];
    const decided = (id: string, more: object): AuditEntry[] =>
      record([{ event: 'decided', after: 60, decision: 'approve', ...more }], { id });
    const { learnt } = section(version('route.v2'), {
      hoursBefore: [{ hour: '2026-11-17T09', figures: version('route.v1') }],
      entries: [...decided('a', { edits }), ...decided('b', { edits }), ...decided('c', {})],
    });
    expect(learnt.map(({ words }) => words)).toEqual([
      'prompts new this week: route.v2',
      'people mended amount 2 times',
      '2 decisions knew better, and can be cases: signalbox cases demo --from 7d',
    ]);
    const once = section(version('route.v2'), { foundWrong: 1, entries: decided('a', { edits }) });
    expect(once.learnt.map(({ words }) => words)).toEqual([
      'people mended amount once',
      '1 decision knew better, and can be a case: signalbox cases demo --from 7d',
      'audits found 1 item wrong, which can be a case: signalbox cases demo --from 7d',
    ]);
    expect(once.learnt[2]?.link).toBe('/console/automations/demo');
    expect(JSON.stringify(learnt)).not.toMatch(/24\.90|20\.00|example\.com/);
  });
});

describe('what to decide', () => {
  const enough = { received: 100, done: 90, decided: 50, asked: 50 };

  it('is nothing where all is well', () => {
    expect(codes(figures({ ...enough, overridden: 5 }))).toEqual([]);
  });

  it.each<[string, Figures, Partial<Gathered>]>([
    ['owner', figures({}), { standing: { ...QUIET, ownerKnown: false } }],
    ['review', figures({}), { standing: { ...QUIET, reviewOverdue: true } }],
    ['state', figures({}), { standing: { ...QUIET, state: 'draining' } }],
    ['caution', figures({}), { standing: { ...QUIET, caution: ['Billing'] } }],
    ['stopped', figures({ parked: 1 }), {}],
    ['budget', figures({ nanoUsd: 29e9 }), {}],
    ['budget', figures({}), { daysSpent: ['2026-11-25'] }],
    ['override', figures({ ...enough, overridden: 10 }), {}],
    ['alone', figures({ ...enough, overridden: 1 }), {}],
    [
      'cost',
      figures({ done: 10, nanoUsd: 10e8, awsNanoUsd: 4e8 }),
      {
        hoursBefore: [
          { hour: '2026-11-17T09', figures: figures({ done: 10, nanoUsd: 10e8, awsNanoUsd: 1e8 }) },
        ],
      },
    ],
  ])('is %s, with where', (code, now, more) => {
    const { decide } = section(now, more);
    expect(decide.map((it) => it.code)).toEqual([code]);
    expect(decide[0]?.link).toMatch(/^\/console\//);
  });

  it('is nothing that few decisions would suggest', () => {
    expect(codes(figures({ decided: 19, overridden: 19 }))).toEqual([]);
    expect(codes(figures({ decided: 19, overridden: 0 }))).toEqual([]);
  });

  it('asks about what drifted: three shifts by name, and how many more there are', () => {
    const shift = (at: number) => ({ words: `Shift ${at}: 5 % → 13 %`, since: '2026-11-20' });
    const decided = (count: number) =>
      section(figures({ received: 1 }), { shifts: Array.from({ length: count }, (_, at) => shift(at + 1)) })
        .decide;
    expect(decided(0)).toEqual([]);
    expect(decided(1)).toEqual([
      {
        ...{ code: 'drift', link: '/console/automations/demo/drift' },
        words: expect.stringContaining('Shift 1: 5 % → 13 % (since 2026-11-20): do prompts'),
      },
    ]);
    expect(decided(5)[0]?.words).toMatch(/Shift 3: [^;]*; 2 more: do/);
  });

  it('is whether what is decided fast is read', () => {
    const looks = Array.from({ length: 20 }, () => ({ t: { activeMs: 2000 } }));
    expect(codes(figures({ ...enough, overridden: 5 }, looks))).toEqual(['fast']);
  });
});

describe('the mail of it', () => {
  it('says the same as text and HTML, with links that work, and shows names as words', async () => {
    const hostile = given(figures({ received: 3, done: 2, parked: 1 }), {
      standing: { ...QUIET, ownerKnown: false },
    });
    const made = report({ ...hostile, known: { ...hostile.known, owner: '<b>Team</b>' } });
    const { subject, text, html } = await reportMail(made, 'https://api.example/prod');
    expect(subject).toBe('Signalbox, week 2026-W48: 2 done, 2 to decide');
    for (const part of [text, html]) {
      expect(part).toContain('https://api.example/prod/console/report?week=2026-W48');
      expect(part).toContain('https://api.example/prod/console/automations/demo');
      expect(part).toContain('1 came to rest');
    }
    expect(html).toContain('&lt;b&gt;Team&lt;/b&gt;');
    expect(html).not.toMatch(/<b>Team|<script|<img|undefined|NaN/);
    // Bars are cells that every mail program shows.
    expect(html).toMatch(/bgcolor="#2b7a57"[^>]*width:65%/);
  });
});
