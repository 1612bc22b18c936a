import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ApprovalPolicy } from '../../../lambdas/contract/approval-policy.ts';
import type { Automation } from '../../../lambdas/contract/automation.ts';
import { policyVersion } from '../../../lib/automation/policy-version.ts';
import { checkAutomations } from '../../../lib/checks/check.ts';
import { loadConfig, type ResolvedConfig } from '../../../lib/config.ts';
import { approvalSettings } from '../../../lib/parts/approval-settings.ts';
import { writeBundled } from '../../../lib/parts/bundled.ts';
import { example } from '../../support/automations.ts';

const refunds = example('refund-request');
const base: ApprovalPolicy = {
  group: 'refund-approvers',
  escalateTo: 'refund-managers',
  timeoutMinutes: 60,
  escalationMinutes: 60,
};

const ERASE: Automation['actions'][string] = {
  ...{ destination: 'help-desk', risk: 'catastrophic', reversible: false },
  ...{ describe: () => 'Erase', confirm: () => ' \u200B ' },
};

async function faults(changes: Partial<ApprovalPolicy>): Promise<string> {
  const config = await loadConfig('test/support/example.config.ts');
  try {
    const actions = { ...refunds.actions, erase: ERASE };
    checkAutomations([{ ...refunds, actions, approval: { ...base, ...changes } }], config);
    return 'fits';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('an approval policy', () => {
  it('fits as the repository has it', async () => expect(await faults({})).toBe('fits'));

  it('has urgent times that pass', async () => {
    const urgent = { when: () => true, timeoutMinutes: 0, escalationMinutes: 5 };
    expect(await faults({ urgent })).toContain("'approval.urgent': its times must be positive");
    expect(await faults({ urgent: { ...urgent, timeoutMinutes: 5 } })).toBe('fits');
  });

  it.each<[string, Partial<ApprovalPolicy>, string]>([
    ['the same group twice', { escalateTo: 'refund-approvers' }, "'escalateTo' must be another group"],
    [
      'a group that is not there',
      { escalateTo: 'nobody' },
      "approver group 'nobody' is not in 'approverGroups'",
    ],
    ['no time', { timeoutMinutes: 0 }, 'its times must be positive'],
    ['a reminder after the escalation', { remindMinutes: 61 }, "'remindMinutes' must not be later"],
    ['half a person', { quorum: 1.5 }, "'quorum' must be a whole number"],
    ['nobody', { quorum: 0 }, "'quorum' must be a whole number"],
    ['more people than there are', { quorum: 4 }, "'quorum' is more people than both groups have"],
    ['a calendar that is not there', { calendar: 'moon' }, "calendar 'moon' is not in 'calendars'"],
    ['times the run does not wait for', { timeoutMinutes: 46 * 24 * 60 }, 'more than 45 days'],
    // Ten days of working time are six weeks on the wall clock.
    ['the same, in working time', { timeoutMinutes: 11 * 24 * 60, calendar: 'office' }, 'more than 45 days'],
    [
      'limits that fall',
      { subject: { amountFrom: ['10.00', '5.00'] } },
      "'approval.subject.amountFrom' needs",
    ],
    ['a limit that is no amount', { subject: { amountFrom: ['1,000'] } }, 'rising decimals such as "100.00"'],
    ['a step that is no amount', { byAmount: [{ from: '1,000' }] }, "'from' must be a decimal"],
    [
      'a step with a fault',
      { byAmount: [{ from: '10.00', quorum: 9 }] },
      "'approval.byAmount' from 10.00: 'quorum'",
    ],
    ['a step to nobody', { byAmount: [{ from: '10.00', group: 'none' }] }, "approver group 'none'"],
    [
      'attention checks without proposals',
      { attentionChecks: { oneIn: 10, proposals: [] } },
      "'approval.attentionChecks' needs",
    ],
    [
      'attention checks that is always there',
      { attentionChecks: { oneIn: 1, proposals: [seed('refund')] } },
      "'approval.attentionChecks' needs 'oneIn'",
    ],
    [
      'attention checks with an unknown action',
      { attentionChecks: { oneIn: 10, proposals: [seed('launch')] } },
      "proposes 'launch', which is not in 'actions'",
    ],
    [
      'attention checks with nothing to type',
      { attentionChecks: { oneIn: 10, proposals: [seed('erase')] } },
      "proposes 'erase', and its 'confirm' gives nothing to type",
    ],
  ])('refuses %s', async (_, changes, message) => expect(await faults(changes)).toContain(message));

  it('must not outlive what is kept of its items', async () => {
    const config = await loadConfig('test/support/example.config.ts');
    const short = { ...config, retention: { ...config.retention, contentDays: 14 } };
    const long = { ...refunds, approval: { ...base, timeoutMinutes: 8 * 24 * 60 } };
    expect(() => checkAutomations([long], short)).toThrow(
      "longer than 'retention' or 'retentionDays' keeps items",
    );
    expect(() => checkAutomations([long], config)).not.toThrow();
  });

  it('may use a calendar and steps', async () => {
    const byAmount = [{ from: '1000.00', quorum: 2, calendar: 'office' }];
    expect(await faults({ calendar: 'office', byAmount })).toBe('fits');
  });
});

function seed(action: string) {
  return {
    action,
    parameters: {},
    confidence: null,
    brief: '',
    evidence: [],
    label: 'x',
    reasons: [],
    why: '',
  };
}

describe('people in the configuration', () => {
  async function refusal(groups: ResolvedConfig['approverGroups']): Promise<string> {
    const file = join(mkdtempSync(join(tmpdir(), 'signalbox-people-')), 'config.mjs');
    const { default: root } = await import('../../support/example.config.ts');
    writeFileSync(file, `export default ${JSON.stringify({ ...root, approverGroups: groups })};`);
    return loadConfig(file).then(
      () => 'fits',
      (error: Error) => error.message,
    );
  }

  it.each<[string, ResolvedConfig['approverGroups'], string]>([
    [
      'one person in two groups',
      { a: [{ email: 'a@x.de', slack: 'UAA' }], b: [{ email: 'a@x.de', slack: 'UAA' }] },
      'fits',
    ],
    [
      'one Slack id for two people',
      {
        a: [
          { email: 'a@x.de', slack: 'UAA' },
          { email: 'b@x.de', slack: 'UAA' },
        ],
      },
      "'UAA' stands for more than one person: a@x.de, b@x.de",
    ],
    [
      'one address with two ids',
      { a: [{ email: 'a@x.de', slack: 'UAA' }], b: [{ email: 'a@x.de' }] },
      "'a@x.de' stands for more than one person: UAA, none",
    ],
    ['an address in capitals', { a: [{ email: 'A@x.de' }] }, 'must be lower-case'],
    ['a name for an id', { a: [{ email: 'a@x.de', slack: 'anna' }] }, 'must be a Slack member id'],
  ])('%s', async (_, groups, message) => expect(await refusal(groups)).toContain(message));
});

describe('what the desk is told', () => {
  it('is people and times as plain data, and no secret', async () => {
    const config = await loadConfig('test/support/example.config.ts');
    const settings = approvalSettings(config);
    expect(JSON.parse(JSON.stringify(settings))).toEqual(settings);
    expect(JSON.stringify(settings)).not.toContain('signalbox/');
    const directory = mkdtempSync(join(tmpdir(), 'signalbox-desk-'));
    const bundled = writeBundled(directory, { automations: [], config, environment: 'dev' });
    expect(((await import(bundled.settings)) as { settings: object }).settings).toEqual(settings);
  });
});

describe('the version of a policy', () => {
  function version(files: Record<string, string>): string {
    const folder = mkdtempSync(join(tmpdir(), 'signalbox-policy-'));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return policyVersion(folder);
  }

  it('is the same for the same files, wherever they lie', () => {
    expect(version({ 'a.ts': '1', 'b.md': '2' })).toBe(version({ 'b.md': '2', 'a.ts': '1' }));
    expect(version({ 'a.ts': '1' })).toMatch(/^[0-9a-f]{12}$/);
  });

  it('changes with every file but cases and prompts', () => {
    const before = version({ 'a.ts': '1' });
    expect(version({ 'a.ts': '2' })).not.toBe(before);
    expect(version({ 'b.ts': '1' })).not.toBe(before);
    expect(version({ 'a.ts': '1', 'policy.md': '' })).not.toBe(before);
    expect(version({ 'a.ts': '1', 'cases.jsonl': '{}' })).toBe(before);
    expect(version({ 'a.ts1': '' })).not.toBe(version({ 'a.ts': '1' }));
  });
});
