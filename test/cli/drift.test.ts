import { expect, it } from 'vitest';
import { begun, SHIFTS, USUAL, weeksOf } from '../../bench/drift-weeks.ts';
import { minus } from '../../lambdas/reports/drift/days.ts';
import { judgeDrift } from '../../lambdas/reports/drift/judge.ts';
import { driftView } from '../../lambdas/reports/drift/view.ts';
import type { Drift } from '../../lambdas/tables/drift/drift.ts';
import { api, run } from './harness.ts';

function view() {
  const { next, reference, after } = begun(3, 1000);
  const to = SHIFTS.find(({ as }) => as === 'confidence')?.to ?? USUAL;
  const hours = [...reference, ...weeksOf(next, to, { weeks: 2, items: 1000, from: after })];
  let before: Drift | undefined;
  for (let day = 7; day < 10; day += 1)
    before = { ...judgeDrift(hours, minus(after, -day), before).drift, judgedAt: '2026-09-09T00:10:00.000Z' };
  return driftView('demo', before, true);
}

it('shows what shifted, since when and what to do, and what was compared', async () => {
  const body = view();
  api.answers['GET /v1/automations/demo/drift'] = { body };
  const { code, out } = await run(['drift', 'demo']);
  expect(code).toBe(0);
  expect(out).toContain('demo, the seven days before 2026-09-09');
  expect(out).toMatch(/! Confidence: 0\.9 to 1 \d+ % → \d+ %, .*since 2026-09-07/s);
  expect(out).toContain('Recalibrate: signalbox calibrate demo <step>');
  expect(out).toMatch(/! Confidence: 0\.9 to 1 +\d+ % +\d+ % +1,000/);
  expect(out).toMatch(/Cost of an item, half +US\$ 0\.00\d+ +US\$ 0\.00\d+ +1,000/);
  expect(JSON.parse((await run(['drift', 'demo', '--json'])).out)).toEqual(body);
});

it('tells what shifted of every automation, where none is named', async () => {
  api.answers['GET /v1/automations'] = { body: { automations: [{ name: 'demo' }, { name: 'idle' }] } };
  api.answers['GET /v1/automations/demo/drift'] = { body: view() };
  api.answers['GET /v1/automations/idle/drift'] = { body: driftView('idle', undefined, true) };
  const { out } = await run(['drift']);
  expect(out).toMatch(/! Confidence: 0\.9 to 1 \d+ % → \d+ %, .*since 2026-09-07/s);
  expect(out).toContain('idle was not judged yet');
  expect(out).not.toContain('compared');
  expect(JSON.parse((await run(['drift', '--json'])).out).automations).toHaveLength(2);
  expect((await run(['drift', '--pin', '--reason', 'usual'])).err).toContain('say of which automation');
});

it('pins the weeks that it is held against, with a reason, and unpins them', async () => {
  const pinned = {
    from: '2026-08-03',
    to: '2026-08-31',
    by: 'olga',
    at: '2026-09-09T09:00:00.000Z',
    reason: 'usual',
  };
  const POST = 'POST /v1/automations/demo/drift';
  api.answers[POST] = { body: { automation: 'demo', pinned } };
  const { code, out } = await run(['drift', 'demo', '--pin', '--from', '2026-08-03', '--reason', 'usual']);
  expect([code, out]).toEqual([0, expect.stringContaining('the four weeks from 2026-08-03 to 2026-08-31')]);
  expect(JSON.parse(api.calls.at(-1)?.body ?? '')).toEqual({
    pin: true,
    from: '2026-08-03',
    reason: 'usual',
  });
  api.answers[POST] = { body: { automation: 'demo', pinned: null } };
  expect((await run(['drift', 'demo', '--unpin', '--reason', 'over'])).out).toContain(
    'before the last one again',
  );
  expect((await run(['drift', 'demo', '--pin'])).err).toContain('--reason is missing');
  expect((await run(['drift', 'demo', '--from', '2026-08-03'])).err).toContain('go with --pin');
  api.answers['GET /v1/automations/demo/drift'] = {
    body: { ...view(), pinned: { by: 'olga', at: pinned.at, reason: 'usual' } },
  };
  expect((await run(['drift', 'demo'])).out).toMatch(/Pinned by olga: the four weeks from \S+ usual/);
});

it('says so where nothing was judged, nothing shifted, or there is too little', async () => {
  api.answers['GET /v1/automations/demo/drift'] = { body: driftView('demo', undefined, true) };
  expect((await run(['drift', 'demo'])).out).toContain('demo was not judged yet');
  const idle = { ...judgeDrift([], '2026-09-09').drift, judgedAt: '2026-09-09T00:10:00.000Z' };
  api.answers['GET /v1/automations/demo/drift'] = { body: driftView('demo', idle, true) };
  const { out } = await run(['drift', 'demo']);
  // Of what was not compared nobody knows whether it shifted.
  expect(out).not.toContain('Nothing shifted.');
  expect(out).toContain('Too little to compare: labels, verdicts,');
});

it('says what is pinned before it is judged by, and what is not any more', async () => {
  const at = '2026-09-09T09:00:00.000Z';
  const pinned = { from: '2026-08-03', by: 'olga', at, reason: 'usual' };
  const told = async (body: object) => {
    api.answers['GET /v1/automations/demo/drift'] = { body };
    return (await run(['drift', 'demo'])).out;
  };
  const awaited =
    'Pinned by olga, from the next judgement on: the four weeks from 2026-08-03 to 2026-08-31. usual';
  expect(await told(driftView('demo', undefined, true, pinned))).toContain(awaited);
  const judged = { ...judgeDrift([], '2026-09-09').drift, judgedAt: at };
  expect(await told(driftView('demo', judged, true, pinned))).toContain(awaited);
  expect(await told(driftView('demo', { ...judged, pinned }, true, pinned))).not.toContain('next judgement');
  expect(await told(driftView('demo', { ...judged, pinned }, true))).toContain(
    'Unpinned: the next judgement',
  );
});
