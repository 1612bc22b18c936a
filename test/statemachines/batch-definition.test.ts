import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import jsonata from 'jsonata';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Automation } from '../../lambdas/contract/automation.ts';
import { ERROR_NAMES } from '../../lambdas/contract/item/row.ts';
import { BATCH_DEFINITION } from '../../lib/parts/workflow.ts';
import { expressionIn } from '../support/asl.ts';
import { example } from '../support/automations.ts';
import { slicesOf } from '../support/slices.ts';
import type { Resource } from '../support/synth.ts';

interface State {
  Type: string;
  Next?: string;
  Retry?: { ErrorEquals: string[]; MaxAttempts: number }[];
  Choices?: { Condition: string; Next: string }[];
  Default?: string;
  [field: string]: unknown;
}

const { States } = JSON.parse(readFileSync(BATCH_DEFINITION, 'utf8')) as { States: Record<string, State> };
/** Those of Step Functions itself. */
const OWN = ['States.TaskFailed', 'States.ALL', 'States.Timeout'];

const evaluated = (text: unknown, states: object) =>
  jsonata(expressionIn(text) ?? '').evaluate({}, { states });

describe('the definition', () => {
  it('knows errors by the names that we throw', () => {
    const named = Object.values(States).flatMap(({ Retry = [] }) =>
      Retry.flatMap(({ ErrorEquals }) => ErrorEquals),
    );
    expect(named.length).toBeGreaterThan(2);
    expect(
      named.filter((name) => !OWN.includes(name) && !(ERROR_NAMES as readonly string[]).includes(name)),
    ).toEqual([]);
  });

  it('repeats what passes, and nothing that is our fault', () => {
    const [fault, passing] = States.Look?.Retry ?? [];
    expect(fault).toMatchObject({ ErrorEquals: expect.arrayContaining(['SystemError']), MaxAttempts: 0 });
    expect(fault?.ErrorEquals).not.toContain('TransientError');
    expect(passing?.MaxAttempts).toBeGreaterThan(1);
  });

  it('looks again while anything waits, and ends otherwise', async () => {
    const output = (States.Look as unknown as { Output: { waits: string } }).Output.waits;
    const [choice] = States.Waits?.Choices ?? [];
    for (const [told, waits] of [
      [{ waits: true }, true],
      [{ waits: false }, false],
    ] as const) {
      expect(await evaluated(output, { result: { Payload: told } })).toBe(waits);
      expect(await evaluated(choice?.Condition, { input: { waits } })).toBe(waits);
    }
    expect([choice?.Next, States.Pause?.Next, States.Waits?.Default]).toEqual(['Pause', 'Look', 'Done']);
  });
});

describe('an automation', () => {
  const refund = example('refund-request');
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-batch-'));
  let slices: Record<string, Record<string, Resource>>;
  const named = (name: string, batch?: object): Automation =>
    ({ ...refund, name, ...(batch ? { steps: { route: { batch } } } : {}) }) as Automation;
  beforeAll(async () => {
    const automations = [
      named('plain'),
      named('waits', { sla: '6h' }),
      named('quick', { sla: '6h', tier: 'flex' }),
    ];
    slices = await slicesOf(automations, 'test/support/example.config.ts', directory);
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  const types = (name: string) =>
    Object.values(slices[name] ?? {})
      .map(({ Type }) => Type)
      .sort();

  it('has a function, a state machine and a clock for batches where it declares some, and else nothing of them', () => {
    expect(types('quick')).toEqual(types('plain'));
    const more = types('waits');
    for (const type of types('plain')) more.splice(more.indexOf(type), 1);
    expect(more.filter((type) => !/::(?:Role|Policy|Permission|LogGroup)$/.test(type))).toEqual([
      ...['AWS::CloudWatch::Alarm', 'AWS::Events::Rule', 'AWS::Lambda::Function'],
      'AWS::StepFunctions::StateMachine',
    ]);
  });
});
