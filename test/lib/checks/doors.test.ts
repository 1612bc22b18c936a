import { expect, it } from 'vitest';
import { faultsInDoors } from '../../../lib/checks/doors.ts';

const door = { source: 'help-desk', detailType: 'TicketOpened', body: () => ({}) };

it('doors of known kinds with plain names are no fault, and neither are none', () => {
  const doors = {
    events: { tickets: door, 'late-tickets': { ...door, client: 'desk', priority: 'low' as const } },
  };

  expect([undefined, {}, doors].flatMap((given) => faultsInDoors(given ? { doors: given } : {}))).toEqual([]);
});

it.each([
  ["'doors' has 'event'", { event: {} }],
  ["'doors.events' has 'My tickets'", { events: { 'My tickets': door } }],
  ["'doors.events.tickets' needs 'source'", { events: { tickets: { ...door, source: '' } } }],
  ["'doors.events.tickets.priority'", { events: { tickets: { ...door, priority: 'high' } } }],
  ["'doors.events.tickets.client'", { events: { tickets: { ...door, client: '@mail' } } }],
])('doors are refused at synth: %s', (fault, doors) => {
  expect(faultsInDoors({ doors: doors as never })).toEqual([expect.stringContaining(fault)]);
});
