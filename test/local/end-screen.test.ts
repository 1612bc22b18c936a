import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { endScreen, READY } from '../../local/end-screen.ts';
import { lineTable } from '../../local/samples-lines.ts';
import type { Row, Terminal } from '../../local/samples-view.ts';

const row = (automation: string, status: string, actions: string[] = [], costUsd = 0.0001): Row => ({
  sample: { automation, body: {}, note: '' },
  status,
  id: 'x',
  item: { status, costUsd, actions: actions.map((name) => ({ name, status: 'done' })) },
});

const ROWS = [
  row('refund-request', 'done', ['refund', 'tell']),
  row('support-triage', 'done', ['reply']),
  row('refund-request', 'waiting_approval'),
  row('refund-request', 'refused'),
  row('refund-request', 'parked', ['refund']),
  ...Array.from({ length: 20 }, () => row('refund-request', 'done', ['refund', 'tell'])),
];
const printed = (terminal: Partial<Terminal> = {}) =>
  lineTable(ROWS, { write: () => {}, ...terminal })
    .trim()
    .split('\n');

it('tells of all samples in a line for each automation: who decided, what was done, what it cost', () => {
  expect(printed().map((line) => line.trim().replaceAll(/ {2,}/g, ' | '))).toEqual([
    'automation | items | alone | asked | refused | what was done | cost',
    'refund-request | 24 | 21 | 1 | 1 | 22 refund, 21 tell, 1 parked | $0.002400',
    'support-triage | 1 | 1 | 0 | 0 | 1 reply | $0.000100',
    '',
    '22 done, 1 waiting_approval, 1 refused, 1 parked; $0.002500 in all',
  ]);
});

it('tells once why some of a line stopped', () => {
  const error = { class: 'SystemError', message: 'source \'crm\': its secret has no "token"' };
  const parked = [1, 2].map(() => ({ ...row('sales-lead', 'parked'), item: { status: 'parked', error } }));
  const told = lineTable(parked, { write: () => {} });
  expect(told.split(`parked: sales-lead\n  ${error.message}\n`)).toHaveLength(2);
});

it('tells of them on a narrow terminal without cutting anything', () => {
  const narrow = printed({ isTTY: true, columns: 72 }).map((line) => stripVTControlCharacters(line));
  expect(Math.max(...narrow.map((line) => line.length))).toBeLessThanOrEqual(72);
  expect(narrow.join(' ').replaceAll(/\s+/g, ' ')).toContain('22 refund, $0.002400 21 tell, 1 parked');
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
