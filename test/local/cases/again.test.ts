import { expect, it } from 'vitest';
import { runCases } from '../../../local/cases/cases.ts';
import { readOptions } from '../../../local/cases/options.ts';

/* What one process runs again, or for several automations one by one: clients and configuration keep the address of the first run. */

const run = (name: string, one: string) =>
  runCases(readOptions([name, '--sandbox', '--case', one]), () => {});

it('runs cases after one another, and where they are asked for at once', async () => {
  const first = await run('it-help', 'VPN does not connect');
  const others = await Promise.all([run('it-help', 'slow laptop'), run('front-desk', 'outage')]);

  expect([first, ...others].map(({ verdict }) => verdict)).toEqual(['PASS', 'PASS', 'PASS']);
});
