import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/v4/core';
import { whatNext } from '../../cli/commands/new.ts';
import { Stopped } from '../../cli/errors.ts';
import { folderFor, makeFolder } from '../../cli/new/folder.ts';
import { type Wanted, wantedOf } from '../../cli/new/wanted.ts';
import type { Automation } from '../../lambdas/contract/automation.ts';
import { doorNames } from '../../lambdas/contract/intake/doors.ts';
import type { Lookup } from '../../lambdas/contract/steps/lookup.ts';
import { prepare } from '../../lambdas/prepare/prepare.ts';
import { faultsInDoors } from '../../lib/checks/doors.ts';
import { faultsInFields } from '../../lib/checks/fields/automation.ts';
import { faultsInLookups } from '../../lib/checks/steps/lookups.ts';
import { loadConfig, type ResolvedConfig } from '../../lib/config.ts';
import { saidOf } from '../../local/sandbox/answers.ts';
import type { SandboxKnowledge } from '../../local/sandbox/knowledge.ts';
import { ROOT } from '../../local/state.ts';
import { checkHints } from './hints.ts';
import { signalbox } from './world.ts';

/*
 * What it makes runs with every other test in the copy of test/support/followed.ts. Here is what it asks, and
 * what it refuses.
 */

const TYPED: Record<string, string> = {
  ...{ owner: 'Order Desk', purpose: 'Answer questions about orders.', labels: 'Returns, Order status' },
  ...{ action: 'open-ticket', destination: 'help-desk' },
  ...{ group: 'support-leads', 'escalate-to': 'support-managers' },
};
const argv = (name: string, typed = TYPED) => [
  'new',
  name,
  ...Object.entries(typed).flatMap(([option, value]) => [`--${option}`, value]),
];

let config: ResolvedConfig;
beforeAll(async () => {
  config = await loadConfig(join(ROOT, 'signalbox.config.ts'));
});

/** As the command asks, with somebody who gives these answers. */
async function asked(typed: Record<string, string>, answers: string[]) {
  const questions: string[] = [];
  const out: string[] = [];
  const ask = async (question: string) => {
    questions.push(question);
    return answers.shift() ?? '';
  };
  const terminal = { ask, out: (line: string) => void out.push(line) };
  const wanted = await wantedOf('a-b', (option) => typed[option], config, terminal);
  return { wanted, questions, out };
}

describe('signalbox new', () => {
  it('says what to type next, with examples that the new folder has', async () => {
    const { wanted } = await asked(TYPED, []);
    const text = whatNext(wanted, { env: { npm_lifecycle_event: 'signalbox' } });
    expect(() => checkHints(text)).not.toThrow();
    const sent = [...text.matchAll(/--example '([^']+)'/g)].map(([, name]) => name);
    expect(sent).toEqual(['a request: Returns', 'a request of another kind']);
    const files = Object.values(folderFor(wanted, '2026-11-20')).join('\n');
    for (const name of sent) expect(files).toContain(`name: '${name}'`);
  });

  it.each([
    ['Order', /lower-case words joined by "-"/],
    ['order_desk', /lower-case words joined by "-"/],
    ['order--desk', /lower-case words joined by "-"/],
    ['order-', /lower-case words joined by "-"/],
    ['../order', /lower-case words joined by "-"/],
    ['o'.repeat(31), /at most 30 characters/],
    ['platform', /the platform's own stack: choose another/],
    ['support-triage', /automations\/support-triage exists: choose another name/],
  ])('refuses the name %s and says why', async (name, reason) => {
    const { code, err } = await signalbox(argv(name));
    expect([code, err]).toEqual([2, expect.stringMatching(reason)]);
  });

  it.each([
    ['destination', 'nowhere', /must be one of .*help-desk.*, got 'nowhere': add it to 'destinations'/],
    ['group', 'nobody', /must be one of .*support-leads.*: add it to 'approverGroups'/],
    ['escalate-to', 'support-leads', /must be another group than 'support-leads', which is asked first/],
    ['risk', 'none', /must be one of routine, consequential, catastrophic, got 'none'/],
    ['labels', 'other', /must name at least one kind beside 'other'/],
    ['labels', 'Order, order', /must name each kind once/],
    ['labels', 'Wo?', /must be letters, digits, blanks and "-".*got 'Wo\?'/],
    ['action', 'Open', /must be lower-case words joined by "-"/],
    ['action', 'hand-over', /that is how it hands over to a person/],
    ['owner', 'me', /must say it in at least 6 characters/],
    ['lookup', 'nowhere', /must be one of none.*, got 'nowhere': add it to 'sources'/],
    ['knowledge', 'Articles', /must be lower-case words joined by "-".* such as articles/],
    ['knowledge', 'check', /and no step/],
    ['agent', 'look-up', /must be one lower-case word .* such as investigate/],
    ['agent', 'route', /must be one lower-case word/],
    ['agent', 'investigate', /needs something to ask: give --lookup or --knowledge too/],
    ['doors', 'fax', /must name doors among mail, drop, event, webhook, schedule, or api alone, got 'fax'/],
    ['doors', 'mail:x', /must name doors among .*, got 'mail:x'/],
    ['doors', 'mail, mail', /must name each door once/],
    ['doors', 'schedule:no-such', /schedule:old-crm; there is .*: add it to 'sources'/],
  ])('refuses --%s %s and says what to give', async (option, value, reason) => {
    const { code, err } = await signalbox(argv('a-b', { ...TYPED, [option]: value }));
    expect([code, err]).toEqual([2, expect.stringMatching(reason)]);
    expect(err).toContain(`--${option} `);
    expect(existsSync(join(ROOT, 'automations/a-b'))).toBe(false);
  });

  it('names everything that is missing at once where nobody can be asked', async () => {
    const { code, err } = await signalbox(['new', 'a-b']);
    expect(code).toBe(2);
    const missing = err.split('\n').map((line) => line.split(' ').slice(0, 3).join(' '));
    expect(missing).toEqual(Object.keys(TYPED).map((option) => `--${option} is missing:`));
  });

  it('asks on a terminal for what was left out, shows the choices, and asks again after a wrong answer', async () => {
    const { destination: _, 'escalate-to': __, ...typed } = TYPED;
    const { wanted, questions, out } = await asked(typed, ['nowhere', 'help-desk', '', 'support-managers']);
    expect(questions).toEqual([
      expect.stringMatching(/^Which system does it\? \(.*help-desk/),
      expect.stringMatching(/^Which system does it\? \(.*help-desk/),
      expect.stringContaining('(routine, consequential, catastrophic) [routine] '),
      expect.stringMatching(/when nobody answers\? \(.*support-leads/),
      expect.stringMatching(/by its reference\? \(none.*\) \[none\] $/),
      expect.stringMatching(/a collection, such as articles \[none\] $/),
      expect.stringMatching(/such as investigate \[none\] $/),
      expect.stringMatching(/beside the API\? mail, drop, event, webhook, schedule, .* \[api\] $/),
    ]);
    expect(out).toEqual([expect.stringMatching(/^ {2}it must be one of .*help-desk/)]);
    expect(wanted).toMatchObject({
      ...{ destination: 'help-desk', risk: 'routine', labels: ['Returns', 'Order status'] },
    });
  });

  it('says in one line that nothing was made when somebody leaves a question', async () => {
    const ask = () => Promise.reject(new Stopped());
    const { code, out, err } = await signalbox(['new', 'a-b'], { ask });
    expect([code, out, err]).toEqual([1, '', 'stopped at a question: nothing was done']);
    expect(existsSync(join(ROOT, 'automations/a-b'))).toBe(false);
  });

  it('leaves no half of a folder behind, and touches none that is there', async () => {
    const root = mkdtempSync(join(tmpdir(), 'signalbox-new-'));
    const [half, taken] = [join(root, 'half'), join(root, 'taken')];
    const files = { 'prompts/route.v1.md': 'Sort.' };
    try {
      const failing = () => Promise.reject(new Error('no linter'));
      await expect(makeFolder(half, files, failing)).rejects.toThrow('no linter');
      expect(existsSync(half)).toBe(false);
      mkdirSync(taken);
      await expect(makeFolder(taken, files, failing)).rejects.toThrow('EEXIST');
      expect(existsSync(taken)).toBe(true);
      await makeFolder(half, files, async () => {});
      expect(readFileSync(join(half, 'prompts/route.v1.md'), 'utf8')).toBe('Sort.');
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  it('makes an automation that acts alone only where the risk is routine', () => {
    const wanted: Wanted = {
      ...{ name: 'a-b', owner: 'Order Desk', purpose: 'Answer.', labels: ['Returns'], action: 'pay' },
      ...{ destination: 'help-desk', group: 'a', escalateTo: 'b', doors: [] },
      risk: 'routine',
    };
    const verdicts = (risk: Wanted['risk']) => {
      const files = folderFor({ ...wanted, risk }, '2026-11-20');
      return `${files['automation.ts']}${files['cases.jsonl']}`.match(/'act'|"act"/g)?.length ?? 0;
    };
    expect(verdicts('routine')).toBe(3);
    expect(verdicts('consequential')).toBe(0);
    expect(verdicts('catastrophic')).toBe(0);
  });
});

describe('an automation with doors', () => {
  const wanted: Wanted = {
    ...{ name: 'with-doors', owner: 'Order Desk', purpose: 'Answer.', labels: ['Returns'], action: 'pay' },
    ...{ destination: 'help-desk', group: 'support-leads', escalateTo: 'support-managers', risk: 'routine' },
    doors: ['mail', 'drop', 'event', 'webhook', 'schedule:old-crm'],
  };
  // As deep in the repository as its imports go from.

  const folder = join(ROOT, '.local', `new-${process.pid}`);
  let made: Automation<Record<string, unknown>>;
  beforeAll(async () => {
    await makeFolder(folder, folderFor(wanted, '2026-11-20'), async () => {});
    made = (await import(join(folder, 'automation.ts'))).automation;
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('says how work comes in, and has no fault', () => {
    expect(made.triggers).toHaveLength(6);
    expect(doorNames(made as never)).toEqual([
      ...['api', 'mcp', 'mail', 'drop', 'event:requests', 'schedule:requests', 'webhook:sender'],
    ]);
    expect(faultsInDoors(made as never, { 'old-crm': {} })).toEqual([]);
    expect(faultsInFields(made as never)).toEqual([]);
  });

  it('makes a body that fits of what comes by each', () => {
    const { mail, events, webhooks, schedules } = made.doors ?? {};
    const mailed = { to: [], headers: {}, automatic: {} };
    const message = { reference: 'A-1', from: 'mia@example.com', text: 'Where is it?' };
    const bodies = [
      mail?.body({ ...mailed, subject: 'About A-1234', text: 'Where is it?', from: 'mia@example.com' }),
      mail?.body({ ...mailed, subject: 'Hello', html: '<p>Where is it?</p>' }),
      mail?.body({ ...mailed, subject: 'Hello', text: 'Where is A-77?' }),
      events?.requests?.body({ id: '1', source: 'x', 'detail-type': 'Request', time: '', detail: message }),
      webhooks?.sender?.body({ payload: message, text: '', headers: {} } as never),
      schedules?.requests?.body({ id: 'A-1', text: 'Where is it?' }),
    ];
    for (const body of bodies) expect(z.safeParse(made.schema, body).success).toBe(true);
    expect(bodies.map((body) => (body as { reference: string }).reference)).toEqual([
      ...['A-1234', 'mail', 'A-77', 'A-1', 'A-1', 'A-1'],
    ]);
    const page = {
      records: [
        { id: 'A-1', text: 'a' },
        { id: 2, text: 'b' },
      ],
    };
    expect(schedules?.requests?.records(page, undefined)).toMatchObject({
      next: '2',
      records: [{ id: 'A-1' }, { id: '2', record: { id: '2', text: 'b' } }],
    });
    expect(() => schedules?.requests?.records({ error: 'no' }, undefined)).toThrow();
  });

  it('asks nobody about a mail that names no reference', () => {
    const thinking = (doors: readonly string[]) =>
      folderFor({ ...wanted, source: 'order-system', doors }, '2026-11-20')['evaluate.ts'];
    expect(thinking(['mail'])).toContain("handOver(item, 'the mail names no reference')");
    expect(thinking(['drop'])).not.toContain('the mail names');
  });

  it('reads a mail that has HTML alone', () => {
    const body = made.doors?.mail?.body({
      ...{ to: [], headers: {}, automatic: {}, subject: 'Hello', html: '<p>Where is my parcel?</p>' },
    });
    const received = { id: 'i', automation: made.name, generation: 1, body, feedback: [] };
    expect(prepare(received as never, { automation: made as never }).text).toContain('Where is my parcel?');
  });
});

describe('an automation with a lookup', () => {
  const wanted: Wanted = {
    ...{ name: 'with-lookup', owner: 'Order Desk', purpose: 'Answer.', labels: ['Returns'], action: 'pay' },
    ...{ destination: 'help-desk', group: 'support-leads', escalateTo: 'support-managers', risk: 'routine' },
    ...{ doors: [], source: 'old-crm' },
  };
  const folder = join(ROOT, '.local', `new-lookup-${process.pid}`);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('asks its source before a model, which the sandbox answers, and shows what it said', async () => {
    const files = folderFor(wanted, '2026-11-20');
    await makeFolder(folder, files, async () => {});
    const { automation } = (await import(join(folder, 'automation.ts'))) as { automation: Automation };
    const { sandbox } = (await import(join(folder, 'sandbox.ts'))) as { sandbox: SandboxKnowledge };
    expect(faultsInLookups(automation, { sources: { 'old-crm': {} } } as never)).toEqual([]);
    expect(faultsInFields(automation)).toEqual([]);
    const { known } = automation.lookups ?? {};
    const ask = (reference: string) => saidOf([sandbox], known as Lookup, { reference });
    expect(ask('A-1')).toEqual({ reference: 'A-1', status: 'open' });
    expect(known?.matches?.(ask('A-1'), { reference: 'A-2' })).toBe(false);
    expect(files['evaluate.ts']).toMatch(/step\.lookup\(known, [\s\S]*inWhole\(/);
    expect(files['evaluate.ts']).toContain("evidenceOf(known, facts, ['status'])");
    expect(Object.keys(folderFor({ ...wanted, source: undefined } as never, '2026-11-20'))).not.toContain(
      'lookups.ts',
    );
  });
});
