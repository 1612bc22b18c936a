import type { Action } from '../../../lambdas/contract/automation.ts';
import type { Doors } from '../../../lambdas/contract/intake/doors.ts';
import { PERSONAL_KINDS } from '../../../lambdas/contract/item/privacy.ts';
import { PRIORITIES, RISKS } from '../../../lambdas/contract/item/status.ts';
import type { SubjectLimit } from '../../../lambdas/contract/outside/limits.ts';
import type { RequestRules } from '../../../lambdas/contract/outside/request.ts';
import type { ParameterKind, SlotKind } from '../../../lambdas/contract/parameters.ts';
import type { Lookup } from '../../../lambdas/contract/steps/lookup.ts';
import { choicesOf, type ShapeOf } from './shape.ts';

/* The fields of a declaration by which work comes in, and goes out. */

const door = { client: 'any', priority: choicesOf(PRIORITIES), silentHours: 'any' } as const;
const named = {} as const;

export const DOORS: ShapeOf<Doors> = {
  fields: {
    events: {
      named: {
        fields: { ...door, bus: 'any', source: 'any', detailType: 'any', detail: 'any', body: 'any' },
      },
    },
    mail: { fields: { ...door, addresses: 'any', body: 'any' } },
    drop: { fields: { ...door, body: 'any', record: 'any' } },
    schedules: {
      named: {
        fields: {
          ...door,
          source: 'any',
          every: 'any',
          request: 'any',
          records: 'any',
          body: 'any',
          mostPages: 'any',
        },
      },
    },
    webhooks: {
      named: {
        fields: {
          ...door,
          scheme: {
            by: 'kind',
            kinds: {
              stripe: named,
              github: named,
              slack: named,
              standard: named,
              hmac: {
                header: 'any',
                encoding: { choices: { hex: true, base64: true } },
                prefix: 'any',
                timestampHeader: 'any',
                idField: 'any',
              },
            },
          },
          windowSeconds: 'any',
          rate: { fields: { perSecond: 'any', burst: 'any' } },
          takes: 'any',
          body: 'any',
        },
      },
    },
  },
};

export const LOOKUP: ShapeOf<Lookup> = {
  fields: {
    name: 'any',
    source: 'any',
    description: 'any',
    input: 'any',
    request: 'any',
    answer: 'any',
    matches: 'any',
    cacheMinutes: 'any',
    required: 'any',
    given: { list: choicesOf(PERSONAL_KINDS), or: ['all'] },
  },
};

const slots = {
  'one of': { values: 'any' },
  label: {},
  field: { field: 'any' },
  matching: { schema: 'any' },
  'looked up': { lookup: 'any', field: 'any' },
  'of action': { action: 'any', parameter: 'any' },
} as const;

export const SLOT: ShapeOf<SlotKind> = { by: 'kind', kinds: { ...slots, quoted: {} } };

export const PARAMETER: ShapeOf<ParameterKind> = {
  by: 'kind',
  kinds: {
    ...slots,
    passage: {},
    composed: { template: 'any', others: 'any' },
    // A list is of a parameter again.
    get list() {
      return { of: PARAMETER, most: 'any' } as const;
    },
    'answer of': { action: 'any', field: { choices: { reference: true } } },
    excerpt: {},
    words: {},
  },
};

const REQUEST: ShapeOf<RequestRules> = {
  fields: {
    request: 'any',
    repeats: {
      by: 'by',
      kinds: {
        header: { name: 'any', keptHours: 'any' },
        body: { keptHours: 'any' },
        state: {},
        lookup: {},
        nothing: {},
      },
    },
    reads: 'any',
    refusals: 'any',
    find: { fields: { request: 'any', reads: 'any', settlesSeconds: 'any', atFirst: 'any' } },
  },
};

const limit = { count: 'any', amount: 'any' } as const;
const SUBJECT: ShapeOf<SubjectLimit> = { fields: { ...limit, key: 'any', days: 'any', most: 'any' } };

export const ACTION: ShapeOf<Action> = {
  fields: {
    destination: 'any',
    risk: choicesOf(RISKS),
    reversible: 'any',
    parameters: { named: PARAMETER },
    recipient: 'any',
    shows: 'any',
    describe: 'any',
    amount: 'any',
    currency: 'any',
    limits: {
      fields: {
        perSubject: SUBJECT,
        per: { named: SUBJECT },
        perDay: { fields: limit },
        perRecipient: { fields: { count: 'any', days: 'any' } },
      },
    },
    confirm: 'any',
    edits: 'any',
    success: 'any',
    email: { fields: { to: 'any', text: 'any', subject: 'any', reply: 'any', fallback: 'any' } },
    slack: { fields: { text: 'any' } },
    forward: { fields: { body: 'any', to: 'any', priority: { ...choicesOf(PRIORITIES), code: true } } },
    event: { fields: { detailType: 'any', detail: 'any' } },
    refusal: 'any',
    compensate: { fields: { action: 'any', parameters: 'any' } },
    request: REQUEST,
  },
};
