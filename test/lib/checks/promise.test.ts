import { expect, it } from 'vitest';
import { faultsInPromise, faultsInSuspendAt } from '../../../lib/checks/lanes.ts';

it.each([
  [undefined, []],
  [{ normalMinutes: 15 }, []],
  [{ normalMinutes: 1440, budgetForLow: 1 }, []],
  [{ normalMinutes: 0 }, ["'promise.normalMinutes' must be minutes from 1 to 1440"]],
  [{ normalMinutes: Number.NaN }, ["'promise.normalMinutes' must be minutes from 1 to 1440"]],
  [
    { normalMinutes: 1441, budgetForLow: 0 },
    [
      "'promise.normalMinutes' must be minutes from 1 to 1440",
      "'promise.budgetForLow' must be a share above 0, at most 1, such as 0.8",
    ],
  ],
  [
    { normalMinutes: 15, byLabel: { Billing: { minutes: 240, calendar: 'office' }, other: { minutes: 1 } } },
    [],
  ],
  [
    {
      normalMinutes: 15,
      byLabel: { Sales: { minutes: 60 }, Billing: { minutes: 0 }, other: { minutes: 9, calendar: 'shop' } },
    },
    [
      "'promise.byLabel' has 'Sales', which is not in 'labels': name one of Billing, other",
      "'promise.byLabel.Billing.minutes' must be minutes from 1 to 24000",
      "'promise.byLabel.other.calendar' is 'shop', which is not in 'calendars'",
    ],
  ],
])('a promise is checked: %j', (promise, faults) => {
  const calendars = { office: {} } as never;
  const labels = ['Billing', 'other'];
  expect(faultsInPromise({ labels, ...(promise ? { promise } : {}) }, { calendars })).toEqual(faults);
});

it.each([
  [undefined, 0],
  [{ parkedShare: 0.2, ofAtLeast: 10 }, 0],
  [{ parkedShare: 0, ofAtLeast: 50 }, 1],
  [{ parkedShare: 20, ofAtLeast: 9 }, 2],
  [{ parkedShare: Number.NaN, ofAtLeast: 10.5 }, 2],
])('when an automation suspends itself is checked: %j', (suspendAt, faults) => {
  expect(faultsInSuspendAt(suspendAt ? { suspendAt } : {})).toHaveLength(faults);
});
