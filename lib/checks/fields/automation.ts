import type { ApprovalPolicy, AttentionCheckProposal } from '../../../lambdas/contract/approval-policy.ts';
import type { Automation } from '../../../lambdas/contract/automation.ts';
import { DOCUMENT_TYPES } from '../../../lambdas/contract/document.ts';
import { TIERS } from '../../../lambdas/contract/endpoint.ts';
import { PERSONAL_KINDS, READERS } from '../../../lambdas/contract/item/privacy.ts';
import { VERDICTS } from '../../../lambdas/contract/item/status.ts';
import type { StepPolicy } from '../../../lambdas/contract/steps/policy.ts';
import { ACTION, DOORS, LOOKUP, PARAMETER, SLOT } from './outside.ts';
import { choicesOf, faultsInShape, type ShapeOf } from './shape.ts';

const terms = {
  group: 'any',
  escalateTo: 'any',
  quorum: 'any',
  timeoutMinutes: 'any',
  escalationMinutes: 'any',
  remindMinutes: 'any',
  promiseMinutes: 'any',
  calendar: 'any',
} as const;

const recipes = { named: { fields: { template: 'any', passages: 'any', slots: 'any' } } } as const;
const proposed = { action: 'any', parameters: 'any', composed: recipes } as const;

const CHECK_PROPOSAL: ShapeOf<AttentionCheckProposal> = {
  fields: {
    ...proposed,
    confidence: 'any',
    brief: 'any',
    briefBy: { choices: { code: true } },
    evidence: {
      list: {
        fields: {
          source: 'any',
          quote: 'any',
          table: { fields: { head: 'any', rows: { list: { fields: { cells: 'any', differs: 'any' } } } } },
        },
      },
    },
    readWhole: 'any',
    fallback: 'any',
    reason: 'any',
    further: { list: { fields: proposed } },
    label: 'any',
    reasons: 'any',
    text: 'any',
    why: 'any',
  },
};

const APPROVAL: ShapeOf<ApprovalPolicy> = {
  fields: {
    ...terms,
    byAmount: { list: { fields: { ...terms, from: 'any' } } },
    urgent: {
      fields: {
        when: 'any',
        timeoutMinutes: 'any',
        escalationMinutes: 'any',
        remindMinutes: 'any',
        promiseMinutes: 'any',
      },
    },
    whenBehind: { choices: { defer: true, shed: true } },
    subject: { fields: { label: 'any', amountFrom: 'any' } },
    attentionChecks: { fields: { oneIn: 'any', proposals: { list: CHECK_PROPOSAL } } },
  },
};

const STEP: ShapeOf<StepPolicy> = {
  fields: {
    tier: choicesOf(TIERS),
    complexity: 'any',
    mostUsd: 'any',
    cacheHours: 'any',
    maxOutputTokens: 'any',
    confidence: { choices: { logprobs: true, agreement: true } },
    batch: {
      fields: {
        sla: 'any',
        tier: { choices: { batch: true, flex: true } },
        offPeak: { fields: { from: 'any', to: 'any', timeZone: 'any' } },
      },
    },
    similar: { fields: { hours: 'any', wrongAtMost: 'any', answer: 'any', carries: 'any' } },
    surrogate: { fields: { agreement: 'any' } },
  },
};

/** Every field of a declaration that is ours. */
export const AUTOMATION: ShapeOf<Automation> = {
  fields: {
    name: 'any',
    owner: 'any',
    purpose: 'any',
    triggers: 'any',
    data: 'any',
    failureModes: 'any',
    lastReviewed: 'any',
    reviewEveryDays: 'any',
    schema: 'any',
    reference: 'any',
    examples: { list: { fields: { name: 'any', expect: choicesOf(VERDICTS), body: 'any' } } },
    content: 'any',
    documents: {
      fields: {
        types: { list: choicesOf(DOCUMENT_TYPES) },
        mostBytes: 'any',
        mostPages: 'any',
        most: 'any',
        languages: 'any',
        confidence: 'any',
        vision: { fields: { mostPages: 'any' } },
      },
    },
    doors: DOORS,
    repair: { fields: { renamed: 'any', model: 'any', consequential: 'any' } },
    longText: { fields: { mostCalls: 'any' }, or: [false] },
    labels: 'any',
    labelOf: 'any',
    actions: { named: ACTION },
    templates: { named: { fields: { text: 'any', mostPassages: 'any', slots: { named: SLOT } } } },
    prompts: 'any',
    gate: 'any',
    thresholds: { named: { fields: { value: 'any', least: 'any', most: 'any', says: 'any' } } },
    handOver: 'any',
    requester: 'any',
    subjects: 'any',
    duplicates: {
      fields: {
        of: 'any',
        near: { fields: { similarity: 'any', within: 'any' } },
        days: 'any',
        verdict: { choices: { refuse: true, ask: true } },
      },
    },
    approval: APPROVAL,
    audit: {
      fields: {
        share: 'any',
        group: 'any',
        target: 'any',
        twice: 'any',
        fields: 'any',
        actions: 'any',
        counterparty: 'any',
        large: { fields: { parameter: 'any', from: 'any' } },
      },
    },
    budget: { fields: { perDayUsd: 'any', perItemUsd: 'any', perDayTokens: 'any' } },
    steps: { named: STEP },
    lookups: { named: LOOKUP },
    agents: {
      named: {
        fields: { lookups: 'any', searches: 'any', mostTurns: 'any', mostUsd: 'any', mostSeconds: 'any' },
      },
    },
    hints: {
      fields: {
        action: 'any',
        group: 'any',
        fields: { named: { fields: { labelsOf: 'any', valuesAt: 'any' } } },
      },
    },
    collections: {
      named: {
        fields: { from: { choices: { folder: true, synced: true } }, description: 'any', outward: 'any' },
      },
    },
    residency: 'any',
    early: { fields: { facts: { named: PARAMETER }, answer: 'any' } },
    privacy: {
      fields: {
        tokens: { list: choicesOf(PERSONAL_KINDS), or: ['all'] },
        residency: 'any',
        names: { choices: { model: true } },
        shownTo: { list: choicesOf(READERS) },
      },
    },
    retentionDays: 'any',
    maxConcurrency: 'any',
    lanes: { choices: { separate: true } },
    promise: {
      fields: {
        normalMinutes: 'any',
        budgetForLow: 'any',
        whenBroken: { choices: { defer: true, shed: true } },
        byLabel: { named: { fields: { minutes: 'any', calendar: 'any' } } },
      },
    },
    suspendAt: { fields: { parkedShare: 'any', ofAtLeast: 'any' } },
  },
};

/** What a declaration says that nobody reads: misspelt fields, and values that are none of those that there are. */
export function faultsInFields(automation: Automation): string[] {
  return faultsInShape(automation, AUTOMATION);
}
