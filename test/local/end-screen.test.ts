import { expect, it } from 'vitest';
import { endScreen, READY } from '../../local/end-screen.ts';
import { groupedTable, type Row } from '../../local/samples-view.ts';

const row = (automation: string, status: string, text: string, costUsd = 0.0001): Row => ({
  sample: { automation, body: { text }, note: '' },
  status,
  id: 'x',
  item: { status, costUsd },
});

it('tells of all samples in a line for each automation and status, with their number, cost and the first', () => {
  const rows = [
    row('refund-request', 'done', 'charged twice'),
    row('support-triage', 'done', 'a declined card'),
    row('refund-request', 'waiting_approval', 'never arrived'),
    ...Array.from({ length: 20 }, (_, n) => row('refund-request', 'done', `another ${n}`)),
  ];
  const lines = groupedTable(rows, { write: () => {} })
    .trim()
    .split('\n');
  expect(lines.map((line) => line.replaceAll(/ {2,}/g, ' | '))).toEqual([
    'automation | items | status | such as | cost',
    'refund-request | 21 | done | charged twice | $0.002100',
    'refund-request | 1 | waiting_approval | never arrived | $0.000100',
    'support-triage | 1 | done | a declined card | $0.000100',
    '',
    '22 done, 1 waiting_approval; $0.002300 in all',
  ]);
});

it('is a screenful that ends with the ready line on a line of its own', async () => {
  const outputs = {
    ...{ apiUrl: 'http://a', consoleUrl: 'http://a/console', inboxUrl: 'http://b/inbox', clientToken: 't' },
    ...{ approvers: [], automations: [], sandboxModelUrl: 'http://b/model', destinations: {}, sources: {} },
    ...{ inboundMailUrl: 'http://b/inbound-mail', dropBucket: 'drops' },
    ...{ endpointUrl: 'http://a', region: 'us-east-1' },
  };
  const saved = { seconds: 0.42, bytes: 4e6, pauseMs: 3.2, snapshots: 2 };
  const told = {
    ...{ outputs, saved, model: 'the sandbox model', outputsFile: '.local/outputs.json' },
    emulatorPid: process.pid,
  };
  const screen = await endScreen({ ...told, held: true });
  const lines = screen.split('\n');
  expect(lines.filter((line) => line === READY)).toHaveLength(1);
  expect(lines.length).toBeLessThanOrEqual(20);
  expect(screen).toContain('http://a/console');
  expect(screen).toContain('4 MB in 0.4 s, requests wait 4 ms; at rest nothing is written');
  expect(screen).not.toContain("'t'");
  // In the background nobody's Ctrl-C reaches it.
  expect(screen).toMatch(/^ {2}Ctrl-C +stops;/m);
  const behind = await endScreen({ ...told, held: false });
  expect(behind).toMatch(/^ {2}npm start -- --stop +stops;/m);
  expect(behind).not.toContain('Ctrl-C');
});
