import type { InvariantName } from '../../../local/chaos/invariants/check.ts';
import type { Call, Collected, Event, Item } from '../../../local/chaos/invariants/collected.ts';

/** A collection that tests may spoil. */
export type Open = { -readonly [K in keyof Collected]: Writable<Collected[K]> };
type Writable<T> = T extends readonly (infer E)[] ? E[] : T;

let second = 0;
const event = (name: string, facts: object = {}): Event => {
  second += 1;
  return { at: new Date(second * 1000).toISOString(), event: name, ...facts };
};
const at = '2026-12-01T09:00:00.000Z';
const lineage = [{ at, step: 'route', costUsd: 0.001 }];
const KEY_OF_A = 'a-1';

function acted(id: string, key: string, before: Event[], more: Partial<Item>): Item {
  return {
    ...{ id, automation: 'parcel', status: 'done', generation: 1, lineage },
    actions: [{ name: 'file', status: 'done', idempotencyKey: key }],
    timeline: [
      ...before,
      event('acting', { action: 'file' }),
      event('acted', { action: 'file' }),
      event('done'),
    ],
    ...more,
  };
}

const call = (item: string, idempotencyKey: string, destination = 'help-desk'): Call => ({
  ...{ item, idempotencyKey, destination, at: '', body: { item }, duplicate: false },
});

/** One that acted alone, one that a person approved, one that was rejected, one that was refused. */
export function whole(): Open {
  const alone = acted('a', KEY_OF_A, [event('received'), event('processing')], { verdict: 'act' });
  const approved = acted(
    'b',
    'b-1',
    [
      event('received'),
      event('processing'),
      event('waiting_approval'),
      event('decided', { approvalId: 'b-g1', decision: 'approve' }),
    ],
    { verdict: 'ask', approval: { status: 'decided', decision: 'approve', decidedBy: 'anna' } },
  );
  const rejected: Item = {
    ...{ id: 'c', automation: 'parcel', status: 'rejected', generation: 1, verdict: 'ask', lineage },
    approval: { status: 'decided', decision: 'reject', decidedBy: 'ben' },
    timeline: [event('received'), event('waiting_approval'), event('rejected')],
  };
  const refused: Item = {
    ...{ id: 'd', automation: 'parcel', status: 'refused', generation: 1, verdict: 'refuse', lineage },
    timeline: [event('received'), event('refused')],
  };
  const parked: Item = {
    ...{ id: 'e', automation: 'parcel', status: 'parked', generation: 2, verdict: 'act', lineage },
    error: { class: 'ProcessingError', message: 'ask there whether it acted' },
    timeline: [event('received'), event('redriven', { generation: 2 }), event('parked')],
  };
  const items = [alone, approved, rejected, refused, parked];
  const kinds = { a: 'act', b: 'ask', c: 'ask', d: 'refuse', e: 'act' } as const;
  const question = (of: string, decision: string, decidedBy: string) => ({
    ...{ id: `${of}-g1`, itemId: of, generation: 1, status: 'decided', decision, decidedBy },
    trail: [{ event: 'asked' }, { event: 'decided' }],
  });
  return {
    posted: Object.entries(kinds).map(([id, kind]) => ({
      ...{ key: `key-${id}`, automation: 'parcel', kind, ids: [id, id] },
    })),
    items,
    calls: [call('a', KEY_OF_A), call('b', 'b-1'), call('a', 'a-2', 'stamps')],
    takesKeys: { 'help-desk': true, stamps: false },
    model: { calls: 5, excused: 0 },
    clocksMs: 0,
    said: [{ item: 'b', decision: 'approve', page: 'Thank you. Approved: file it' }],
    redrives: [{ item: 'e', reason: 'the fault is over' }],
    approvals: [question('b', 'approve', 'anna'), question('c', 'reject', 'ben')],
    audit: [
      { event: 'acts_alone', automation: 'parcel', itemId: 'a' },
      { event: 'decided', automation: 'parcel', itemId: 'b', approvalId: 'b-g1' },
      { event: 'decided', automation: 'parcel', itemId: 'c', approvalId: 'c-g1' },
      {
        event: 'command',
        automation: 'parcel',
        itemId: 'e',
        command: 'redrive',
        comment: 'the fault is over',
      },
    ],
    budgets: [{ automation: 'parcel', capUsd: 5, bookedUsd: 0.006, paidUsd: 0.005 }],
    told: items.flatMap(({ id, status, timeline, generation }) =>
      [...timeline.map((it) => it.event), status].map((one) => ({ id, status: one, generation })),
    ),
    verified: items.map(({ id, status, generation }) => ({
      ...{ item: id, verdict: 'ok', differences: [], notes: [] },
      receipts: [{ generation, status, at: '' }],
    })),
    statistics: [
      { automation: 'parcel', counted: { 'all all n done': 2 }, recounted: { 'all all n done': 2 } },
    ],
  };
}

type Spoil = (collected: Open) => void;

const of = (collected: Open, id: string): Item => {
  const found = collected.items.find((item) => item.id === id);
  if (!found) throw new Error(`there is no ${id}`);
  return found;
};

const verifiedOf = (collected: Open, id: string) => {
  const found = collected.verified.find(({ item }) => item === id);
  if (!found) throw new Error(`there is no ${id}`);
  return found;
};

export const broken: Record<InvariantName, Record<string, Spoil>> = {
  'accepted-is-kept': {
    'an item is gone': (it) => void it.items.splice(0, 1),
    'one request is two items': (it) => {
      it.items.push({ ...of(it, 'a'), id: 'z' });
      it.posted[0] = { key: 'key-a', automation: 'parcel', kind: 'act', ids: ['a', 'z'] };
    },
  },
  'ended-or-operable': {
    'an item stands between two writes': (it) => {
      of(it, 'a').status = 'processing';
    },
  },
  'nothing-is-left': {
    'it is parked though an operator could let it go on': (it) => {
      of(it, 'e').error = { class: 'TransientError', message: 'down' };
    },
    'nobody decided': (it) => {
      of(it, 'b').status = 'waiting_approval';
    },
  },
  'rests-with-reason': {
    'a parked item does not say why': (it) => {
      delete of(it, 'e').error;
    },
  },
  'acted-at-most-once': {
    'an item acts under a second key': (it) => void it.calls.push(call('a', 'a-other')),
  },
  'never-repeated-blindly': {
    'a destination without keys is called again': (it) =>
      void it.calls.push({ ...call('a', 'a-2', 'stamps'), duplicate: true }),
  },
  'same-key-same-body': {
    'a key comes with another body': (it) =>
      void it.calls.push({ ...call('a', KEY_OF_A), duplicate: true, body: { item: 'other' } }),
  },
  'done-is-done': {
    'no destination was called': (it) => void it.calls.splice(0, 1),
    'an action of it is not done': (it) => {
      of(it, 'a').actions = [{ name: 'file', status: 'failed' }];
    },
    'it names no action': (it) => {
      delete of(it, 'a').actions;
    },
  },
  'never-unasked': {
    'what was rejected acts': (it) => void it.calls.push(call('c', 'c-1')),
    'what was refused acts': (it) => void it.calls.push(call('d', 'd-1')),
    'nobody approved it': (it) => {
      delete of(it, 'b').approval;
    },
  },
  'one-decision': {
    'a question is decided twice': (it) =>
      void Object.assign(it.approvals[0] ?? {}, { trail: [{ event: 'decided' }, { event: 'decided' }] }),
    'the item was told of two': (it) =>
      void of(it, 'b').timeline.push(event('decided', { approvalId: 'b-g1', decision: 'reject' })),
  },
  'decision-is-carried': {
    'what was rejected waits on': (it) => {
      of(it, 'c').status = 'waiting_approval';
    },
    'what was approved is rejected': (it) => {
      of(it, 'b').status = 'rejected';
    },
  },
  'said-counts': {
    'a person was told otherwise': (it) =>
      void it.said.push({ item: 'c', decision: 'approve', page: 'Approved: file it' }),
  },
  'timeline-is-whole': {
    'its receipt is missing': (it) => void of(it, 'a').timeline.splice(0, 1),
    'its end is missing': (it) => void of(it, 'a').timeline.pop(),
    'it goes back in time': (it) => void of(it, 'a').timeline.reverse(),
    'a generation is missing': (it) => {
      of(it, 'a').generation = 2;
    },
    'something was done that was not begun': (it) => {
      const item = of(it, 'a');
      item.timeline = item.timeline.filter((one) => one.event !== 'acting');
    },
  },
  'audit-is-whole': {
    'a decision is missing': (it) => void it.audit.splice(1, 1),
    'a decision stands there twice': (it) =>
      void it.audit.push({ event: 'decided', automation: 'parcel', itemId: 'b', approvalId: 'b-g1' }),
    'a command is missing': (it) => void it.audit.pop(),
  },
  'acts-alone-is-audited': {
    'nobody wrote it down': (it) => void it.audit.splice(0, 1),
  },
  'spend-within-cap': {
    'more was booked than may be': (it) => {
      it.budgets = [{ automation: 'parcel', capUsd: 0.001, bookedUsd: 0.006, paidUsd: 0.005 }];
    },
    'more was paid than the day knows': (it) => {
      it.budgets = [{ automation: 'parcel', capUsd: 5, bookedUsd: 0.004, paidUsd: 0.005 }];
    },
    'more was paid than both days know': (it) => {
      const day = { automation: 'parcel', capUsd: 5, bookedUsd: 0.004 };
      it.budgets = [
        { ...day, paidUsd: 0.004 },
        { ...day, paidUsd: 0.005 },
      ];
    },
  },
  'paid-once': {
    'a model was called once more': (it) => {
      it.model = { calls: 6, excused: 0 };
    },
    'a second call of a step is written down': (it) => {
      of(it, 'a').lineage = [...lineage, ...lineage];
      it.model = { calls: 6, excused: 0 };
    },
    'a question to a source stands in the lineage': (it) => {
      of(it, 'a').lineage = [...lineage, { at, step: 'order', source: 'order-system', costUsd: 0 }];
      it.model = { calls: 6, excused: 0 };
    },
  },
  'status-is-told': {
    'nobody was told of an end': (it) => {
      it.told = it.told.filter(({ id, status }) => id !== 'a' || status !== 'done');
    },
  },
  'receipts-are-right': {
    'verifying finds something': (it) =>
      void Object.assign(verifiedOf(it, 'a'), { verdict: 'differs', differences: ['row: label differs'] }),
    'nobody wrote one': (it) => void it.verified.splice(0, 1),
    'the last is of another outcome': (it) =>
      void Object.assign(verifiedOf(it, 'e'), { receipts: [{ generation: 1, status: 'parked', at: '' }] }),
    'one outcome has two': (it) => {
      const one = verifiedOf(it, 'a');
      Object.assign(one, { receipts: [...one.receipts, ...one.receipts] });
    },
    'one outcome has none': (it) => void of(it, 'a').timeline.splice(1, 0, event('parked')),
  },
  'counted-once': {
    'a change counted twice': (it) =>
      void Object.assign(it.statistics[0] ?? {}, { counted: { 'all all n done': 4 } }),
    'a change is not counted': (it) => void Object.assign(it.statistics[0] ?? {}, { counted: {} }),
    'something else is counted': (it) =>
      void Object.assign(it.statistics[0] ?? {}, { counted: { 'all all n done': 2, 'all all n parked': 1 } }),
  },
};
