import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { RegistryEntry } from '../../../lambdas/contract/registry.ts';
import { weeklyReport } from '../../../lambdas/operate/report/weekly.ts';
import type { Report } from '../../../lambdas/reports/report.ts';
import { writeDrift } from '../../../lambdas/tables/drift/drift.ts';
import { readReport, reportIn } from '../../../lambdas/tables/reports/reports.ts';
import { registryEntry } from '../../../lib/parts/registry.ts';
import { automation, ENV, SETTINGS } from '../../support/fixtures.ts';
import { happened } from '../../support/hours.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/clock.ts', () => import('../../support/clock.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

const REGISTRY: RegistryEntry[] = [registryEntry(automation as never)];
const TO = ['owen@example.com', 'zoe@example.com'];
const settings = { ...SETTINGS, owners: { 'Demo Team': TO }, reportTo: TO };
const env = { ...ENV, BASE_URL: 'https://desk.example' };
const tick = (given = settings) => weeklyReport(REGISTRY, given, env);
const mailed = () => world.mails.map(({ to, subject }) => `${to} ${subject.slice(0, 24)}`).sort();
const EACH_ONCE = TO.map((to) => `${to} Signalbox, week 2026-W48`);

beforeEach(() => {
  world.reset();
  // It is Tuesday, 2026-12-01T09:00.
  time.freeze();
});

describe('the weekly report', () => {
  it('goes to each address once, however often the clock comes, also twice at once', async () => {
    await happened(48, { received: 3, done: 2 });
    await Promise.all([tick(), tick(), tick()]);
    for (let hour = 0; hour < 20; hour += 1) {
      time.advance(3600);
      await tick();
    }
    expect(mailed()).toEqual(EACH_ONCE);
  });

  it('of the next week comes on Monday at six, and not before', async () => {
    await tick();
    world.mails = [];
    time.advance(6 * 86_400 - 3 * 3600 - 60);
    await tick();
    expect(mailed()).toEqual([]);
    time.advance(60);
    await tick();
    expect(mailed()).toEqual(TO.map((to) => `${to} Signalbox, week 2026-W49`));
  });

  it('goes to each address at least once where its function dies at any call, and to no other twice', async () => {
    for (const after of [false, true])
      for (let point = 1; ; point += 1) {
        world.reset();
        time.freeze();
        await happened(48, { received: 3, done: 2 });
        world.crashAt(point, after);
        const died = await tick().then(
          () => false,
          () => true,
        );
        world.revive();
        // At once nobody else begins; later somebody does.
        await tick();
        time.advance(3600);
        await tick();
        const [twice] = mailed().filter((mail, at, all) => all.indexOf(mail) !== at);
        expect([...new Set(mailed())], `point ${point}`).toEqual(EACH_ONCE);
        // SES knows no key: what it took, and nobody noted, is sent again.
        expect(world.mails.length, `point ${point}`).toBeLessThanOrEqual(twice ? 3 : 2);
        if (!died) break;
      }
  });

  it('is tried again an hour later where SES takes no mail, and not where it took one', async () => {
    let refused = 0;
    world.fault = (call) => {
      if (call.startsWith('ses') && world.mails.length === 1 && refused === 0) {
        refused += 1;
        throw new Error('SES is down');
      }
    };
    await expect(tick()).rejects.toThrow('SES is down');
    time.advance(3600);
    await tick();
    expect(mailed()).toEqual(EACH_ONCE);
  });

  it('is made and kept where nobody is to get it', async () => {
    await tick({ ...settings, reportTo: [] });
    expect(world.mails).toEqual([]);
    expect(world.tables.row('control', 'report#2026-W48')).toMatchObject({ doneAt: expect.any(String) });
  });

  it('counts once a week whose review is overdue, or who has no owner', async () => {
    world.counted = [];
    await tick();
    expect(world.counted).toEqual([]);
    time.advance(7 * 86_400);
    await Promise.all([
      tick({ ...settings, owners: {} as never }),
      tick({ ...settings, owners: {} as never }),
    ]);
    expect(world.counted).toEqual(['reviewsOverdue']);
  });

  it('says what drifted in its week, stands or is over, and no client', async () => {
    const shift = (words: string, since: string, finding: object = { measure: 'label' }) => ({
      ...{ key: words, since, words, days: 3, quiet: 0, told: true, step: 'retrain', finding },
    });
    const drift = {
      day: '2026-12-01',
      shifts: [
        shift('stands', '2026-11-20'),
        shift('of a client', '2026-11-20', { measure: 'verdict', slice: { by: 'client', value: 'shop' } }),
        shift('began later', '2026-11-30'),
        { ...shift('seen twice', '2026-11-28'), told: false },
      ],
      past: [
        { key: 'a', words: 'is over', since: '2026-11-10', until: '2026-11-24' },
        { key: 'b', words: 'was over before', since: '2026-11-01', until: '2026-11-23' },
      ],
      findings: [],
    } as unknown as Parameters<typeof writeDrift>[3];
    await writeDrift('control', 'demo', { version: 0, drift: undefined }, drift);
    await tick();
    const report = reportIn<Report>(await readReport('control', '2026-W48'));
    const [line] = report?.automations[0]?.decide.filter(({ code }) => code === 'drift') ?? [];
    expect(line?.words).toContain('stands (since 2026-11-20); is over (since 2026-11-10): do');
  });
});
