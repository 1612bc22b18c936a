import { expect, it } from 'vitest';
import { runLoad } from '../../local/load/load.ts';
import { readOptions } from '../../local/load/options.ts';
import { exitCodeOf, reportOf } from '../../local/load/report.ts';
import { outputs } from '../support/app.ts';

it('a burst of forty through every automation: nothing is lost or made twice, and the report says by what it was held up', async () => {
  const options = readOptions(['--profile', 'burst', '--items', '40', '--rate', '4', '--connections', '8']);
  const { apiUrl: url, clientToken: token, sandboxModelUrl, destinations } = outputs;
  const target = {
    url,
    token,
    sandbox: { sandboxModelUrl, destinations },
    what: 'live',
    close: async () => {},
  };
  const watched = { log: () => {}, detail: () => {}, signal: AbortSignal.timeout(280_000) };
  const report = reportOf(await runLoad(options, target, watched));

  expect(report).toMatchObject({ accepted: 40, notAccepted: {}, lost: [], doubled: [], brokenOff: false });
  expect(exitCodeOf(report)).toBe(0);
  const { done = 0, waiting_approval: asked = 0, refused = 0 } = report.ended;
  expect([done, asked, refused].every((count) => count > 0)).toBe(true);
  // Every stage that there is has figures of its own, and what stands in no timeline has none.
  for (const stage of ['intake', 'queue', 'prepare', 'route', 'evaluate', 'gate', 'to act', 'act'] as const)
    expect(report.stages[stage]?.n, stage).toBeGreaterThan(0);
  expect(report.stages.total?.n).toBe(40);
  expect(report.costUsd.all).toBeGreaterThan(0);
  expect(report.bottleneck.name).toMatch(/^(none: the source|intake|the functions|our own work|the way)/);
});
