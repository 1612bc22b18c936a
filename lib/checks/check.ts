import type { Calendar } from '../../lambdas/contract/approval-settings.ts';
import type { Automation } from '../../lambdas/contract/automation.ts';
import { confirmOf } from '../../lambdas/gate/confirm.ts';
import { peopleOf } from '../../lambdas/kit/digest.ts';
import { cents } from '../../lambdas/kit/numbers/money.ts';
import type { ResolvedConfig } from '../config.ts';
import { retentionOf } from '../retention.ts';
import { faultsInAudit } from './audits/policy.ts';
import { faultsInBudget } from './budget.ts';
import { faultsInConfigured, forwardLoops } from './connectors/rules.ts';
import { faultsInDestinations } from './destinations.ts';
import { faultsInDocuments } from './documents.ts';
import { faultsInDoors, loopsOf } from './doors.ts';
import { faultsInFields } from './fields/automation.ts';
import { faultsInPromise, faultsInSuspendAt } from './lanes.ts';
import { faultsInLongText } from './long-text.ts';
import { faultsInVision } from './models/vision.ts';
import { faultsInCompensations, faultsInParameters } from './parameters.ts';
import { faultsInLimits } from './policy/limits.ts';
import { faultsInThresholds } from './policy/thresholds.ts';
import { faultsInPrivacy, faultsInRetention } from './privacy.ts';
import { faultsInPrompts } from './prompts/declared.ts';
import { faultsInRepair } from './repair.ts';
import { faultsInSchema } from './schema.ts';
import { faultsInAgents } from './steps/agents.ts';
import { faultsInHints } from './steps/hints.ts';
import { faultsAmongCollections, faultsInKnowledge } from './steps/knowledge.ts';
import { faultsInLookups } from './steps/lookups.ts';
import { faultsInSteps } from './steps.ts';

/**
 * Holds the automations against the configuration before anything is built.
 * @throws Error naming every fault and what to change
 */
export function checkAutomations(automations: readonly Automation[], config: ResolvedConfig): void {
  const unread = automations.flatMap((automation) =>
    faultsInFields(automation).map((fault) => `  ${automation.name}: ${fault}`),
  );
  // The other checks take the fields for what they are meant to be.
  if (unread.length > 0) throw new Error(`the automations declare what nobody reads:\n${unread.join('\n')}`);
  const names = automations.map(({ name }) => name);
  const faults = automations.flatMap((automation) => [
    ...faultsOf(automation, config).map((fault) => `  ${automation.name}: ${fault}`),
    ...(names.filter((name) => name === automation.name).length > 1
      ? [`  ${automation.name}: the name is taken`]
      : []),
  ]);
  faults.push(
    ...loopsOf(automations),
    ...faultsAmongCollections(automations),
    ...faultsInConfigured(config, names, destinationsIn(automations)),
    ...forwardLoops(automations, config),
  );
  if (faults.length > 0)
    throw new Error(`the automations do not fit the configuration:\n${faults.join('\n')}`);
}

const destinationsIn = (automations: readonly Automation[]) =>
  new Set(automations.flatMap(({ actions }) => Object.values(actions).map((it) => it.destination)));

function faultsOf(automation: Automation, config: ResolvedConfig): string[] {
  const faults: string[] = [];
  if (!/^[a-z][a-z0-9-]{0,29}$/.test(automation.name)) {
    faults.push(`'name' must be lower-case words joined by "-", at most 30 characters`);
  }
  if (automation.maxConcurrency < 20) {
    faults.push("'maxConcurrency' must be at least 20: Lambda takes two batches of ten at a time");
  }
  if (!automation.labels.includes('other'))
    faults.push("'labels' must include 'other', for what fits no label");
  return [
    ...faults,
    ...faultsInDestinations(automation, config),
    ...faultsInSchema(automation),
    ...faultsInPrompts(automation),
    ...faultsInParameters(automation),
    ...faultsInCompensations(automation),
    ...faultsInSteps(automation, config),
    ...faultsInAgents(automation, config),
    ...faultsInBudget(automation, config),
    ...faultsInLimits(automation),
    ...faultsInPromise(automation, config),
    ...faultsInSuspendAt(automation),
    ...faultsInDocuments(automation),
    ...faultsInKnowledge(automation),
    ...faultsInDoors(automation, config.sources),
    ...faultsInLookups(automation, config),
    ...faultsInHints(automation),
    ...faultsInLongText(automation, config),
    ...faultsInVision(automation, config),
    ...faultsInPrivacy(automation, config),
    ...faultsInRetention(automation, config),
    ...faultsInRepair(automation),
    ...faultsInApproval(automation, config),
    ...faultsInAudit(automation, config),
    ...faultsInThresholds(automation),
  ];
}

/** Longest time a policy may take, in minutes of the calendar: the run gives up after sixty days. */
const MOST_MINUTES = 45 * 24 * 60;
/** Work that is deferred, sent back or asked about late must not lose what it is about. */
const MARGIN_MINUTES = 7 * 24 * 60;

function faultsInApproval(automation: Automation, config: ResolvedConfig): string[] {
  const { approval, actions } = automation;
  const faults: string[] = [];
  const { itemDays, contentDays } = retentionOf(automation, config);
  const kept = Math.min(itemDays, contentDays) * 24 * 60;
  for (const terms of [approval, ...(approval.byAmount ?? []).map((tier) => ({ ...approval, ...tier }))]) {
    const where = 'from' in terms ? `'approval.byAmount' from ${terms.from}` : "'approval'";
    const calendar = terms.calendar === undefined ? undefined : config.calendars[terms.calendar];
    const total = terms.timeoutMinutes + terms.escalationMinutes;
    const wrong: [boolean, string][] = [
      ['from' in terms && cents(String(terms.from)) === null, '\'from\' must be a decimal such as "1000.00"'],
      [
        terms.group === terms.escalateTo,
        "'escalateTo' must be another group than 'group': it was asked already",
      ],
      [terms.timeoutMinutes <= 0 || terms.escalationMinutes <= 0, 'its times must be positive'],
      [
        (terms.remindMinutes ?? 0) > terms.timeoutMinutes,
        "'remindMinutes' must not be later than 'timeoutMinutes'",
      ],
      [
        !Number.isInteger(terms.quorum ?? 1) || (terms.quorum ?? 1) < 1,
        "'quorum' must be a whole number from 1 on",
      ],
      [
        (terms.quorum ?? 1) > membersOf(config, terms.group, terms.escalateTo),
        "'quorum' is more people than both groups have",
      ],
      [terms.calendar !== undefined && !calendar, `calendar '${terms.calendar}' is not in 'calendars'`],
      [total * stretch(calendar) > MOST_MINUTES, 'its times add up to more than 45 days: make them shorter'],
      [
        total * stretch(calendar) + MARGIN_MINUTES > kept,
        "its times are longer than 'retention' or 'retentionDays' keeps items and their content, with a week to spare",
      ],
    ];
    faults.push(...wrong.filter(([is]) => is).map(([, fault]) => `${where}: ${fault}`));
    for (const group of [terms.group, terms.escalateTo]) {
      if (!config.approverGroups[group])
        faults.push(`${where}: approver group '${group}' is not in 'approverGroups'`);
    }
  }
  const { urgent } = approval;
  if (urgent && !(urgent.timeoutMinutes > 0 && urgent.escalationMinutes > 0))
    faults.push("'approval.urgent': its times must be positive");
  const steps = (approval.subject?.amountFrom ?? []).map((it) => cents(it) ?? 0);
  if (steps.some((step, at) => step <= (steps[at - 1] ?? 0)))
    faults.push('\'approval.subject.amountFrom\' needs rising decimals such as "100.00"');
  const { attentionChecks } = approval;
  if (
    attentionChecks &&
    !(
      Number.isInteger(attentionChecks.oneIn) &&
      attentionChecks.oneIn >= 2 &&
      attentionChecks.proposals.length > 0
    )
  ) {
    faults.push(
      "'approval.attentionChecks' needs 'oneIn', a whole number from 2 on, and at least one of 'proposals'",
    );
  }
  for (const { action, parameters } of attentionChecks?.proposals ?? []) {
    if (!actions[action])
      faults.push(`'approval.attentionChecks' proposes '${action}', which is not in 'actions'`);
    else if (untyped(() => confirmOf(actions[action], action, parameters)))
      faults.push(`'approval.attentionChecks' proposes '${action}', and its 'confirm' gives nothing to type`);
  }
  return faults;
}

function untyped(words: () => string): boolean {
  try {
    words();
    return false;
  } catch {
    return true;
  }
}

function membersOf({ approverGroups }: ResolvedConfig, ...groups: string[]): number {
  return peopleOf(groups.flatMap((group) => approverGroups[group] ?? []).map(({ email }) => email));
}

/**
 * How much longer than its working time a span takes on the wall clock, at most; a few days for holidays come
 * on top.
 */
function stretch(calendar: Calendar | undefined): number {
  if (!calendar) return 1;
  const hour = (text: string) => Number(text.slice(0, 2)) + Number(text.slice(3)) / 60;
  return 168 / (calendar.days.length * (hour(calendar.to) - hour(calendar.from)));
}
