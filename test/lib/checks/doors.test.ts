import { expect, it } from 'vitest';
import { faultsInDoors, loopsOf } from '../../../lib/checks/doors.ts';

const door = { source: 'help-desk', detailType: 'TicketOpened', body: () => ({}) };

it('doors of known kinds with plain names are no fault, and neither are none', () => {
  const doors = {
    events: {
      tickets: door,
      'late-tickets': { ...door, detailType: 'TicketLate', client: 'desk', priority: 'low' as const },
    },
  };

  expect([undefined, {}, doors].flatMap((given) => faultsInDoors(given ? { doors: given } : {}))).toEqual([]);
});

it.each([
  ["'doors.events' has 'My tickets'", { events: { 'My tickets': door } }],
  ["'doors.events.tickets' needs 'source'", { events: { tickets: { ...door, source: '' } } }],
  [
    "'doors.events' has tickets and late for the same events",
    { events: { tickets: { ...door, detail: { queue: ['new'] } }, late: { ...door, bus: 'legacy' } } },
  ],
  ["'doors.events.tickets.client'", { events: { tickets: { ...door, client: '@mail' } } }],
])('doors are refused at synth: %s', (fault, doors) => {
  expect(faultsInDoors({ doors: doors as never })).toEqual([expect.stringContaining(fault)]);
});

const schedule = {
  ...{ source: 'erp', every: 'rate(5 minutes)', request: () => ({ path: '/x' }) },
  ...{ records: () => ({ records: [] }), body: () => ({}) },
};
const webhook = { scheme: { kind: 'github' }, body: () => ({}) };
const hmac = { kind: 'hmac', header: 'x-sig', encoding: 'hex' };

it.each(['rate(1 minute)', 'rate(2 hours)', 'cron(0 6 ? * MON-FRI *)'])('a schedule is fit: %s', (every) => {
  const doors = { schedules: { lines: { ...schedule, every } }, webhooks: { github: webhook } };
  expect(faultsInDoors({ doors: doors as never }, { erp: {} })).toEqual([]);
});

it.each([
  ["'doors.schedules.lines' polls 'crm': add it to 'sources'", { ...schedule, source: 'crm' }],
  ["'doors.schedules.lines.every' must be like", { ...schedule, every: 'rate(1 minutes)' }],
  ["'doors.schedules.lines.every' must be like", { ...schedule, every: 'rate(2 minute)' }],
  ["'doors.schedules.lines.every' must be like", { ...schedule, every: 'every day' }],
  ["'doors.schedules.lines.silentHours' must be longer", { ...schedule, every: 'rate(1 day)' }],
  ["'doors.schedules.lines.silentHours' must be a whole number", { ...schedule, silentHours: 169 }],
  ["'doors.schedules.lines.mostPages'", { ...schedule, mostPages: 0 }],
])('a schedule is refused at synth: %s', (fault, door) => {
  const doors = { schedules: { lines: door } };
  expect(faultsInDoors({ doors: doors as never }, { erp: {} })).toEqual([expect.stringContaining(fault)]);
});

it.each([
  ["'doors.webhooks.hook.scheme' is missing", { ...webhook, scheme: undefined }],
  ["'doors.webhooks.hook.windowSeconds'", { ...webhook, windowSeconds: 0 }],
  ["'doors.webhooks.hook.rate.perSecond'", { ...webhook, rate: { perSecond: 0, burst: 1 } }],
  ["'doors.webhooks.hook.rate.burst'", { ...webhook, rate: { perSecond: 1, burst: 0.5 } }],
  [
    "'doors.webhooks.hook.scheme' must name its headers",
    { ...webhook, scheme: { ...hmac, header: 'X-Sig' } },
  ],
  ["'doors.webhooks.hook.scheme.prefix'", { ...webhook, scheme: { ...hmac, prefix: 7 } }],
])('a webhook is refused at synth: %s', (fault, hook) => {
  expect(faultsInDoors({ doors: { webhooks: { hook } } as never })).toEqual([expect.stringContaining(fault)]);
});

const hearing = (name: string, automation?: unknown) => ({
  name,
  doors: {
    events: {
      changes: {
        ...{ source: 'signalbox', detailType: 'ItemStatusChanged', body: () => ({}) },
        ...(automation === undefined ? {} : { detail: { automation } as Record<string, unknown> }),
      },
    },
  },
});

it('an automation may hear of the items of others, in a line', () => {
  expect(loopsOf([hearing('a', ['b']), hearing('b', ['c']), { name: 'c' }])).toEqual([]);
  expect(loopsOf([{ name: 'a', doors: { events: { tickets: door } } }])).toEqual([]);
});

it.each([
  ['of all', [hearing('a')], 1],
  ['of its own', [hearing('a', ['b', 'a']), { name: 'b' }], 1],
  ['of all but some', [hearing('a', [{ 'anything-but': ['a'] }])], 1],
  ['through another', [hearing('a', ['b']), hearing('b', ['a'])], 2],
  ['through two', [hearing('a', ['b']), hearing('b', ['c']), hearing('c', ['a']), hearing('d', ['a'])], 3],
])('no automation hears its own items without end: %s', (_, automations, loops) => {
  const faults = loopsOf(automations);
  expect(faults).toHaveLength(loops);
  for (const fault of faults) expect(fault).toMatch(/'doors\.events' hears changes of its own items/);
});
