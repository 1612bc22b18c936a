import { expect, it } from 'vitest';
import { faultsInPromise } from '../../../lib/checks/lanes.ts';

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
])('a promise is checked: %j', (promise, faults) => {
  expect(faultsInPromise({ ...(promise ? { promise } : {}) })).toEqual(faults);
});
