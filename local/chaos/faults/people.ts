import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { pause } from '../world.ts';
import { type Fault, type Place, usual } from './fault.ts';

/* People and operators who do two things at once, and what they use too late. */

async function waiting(place: Place): Promise<string[]> {
  for (let tries = 0; tries < 60; tries += 1) {
    const ids = (await place.items())
      .filter(({ status }) => status === 'waiting_approval')
      .map(({ id }) => id);
    if (ids.length > 0) return ids;
    await pause(0.5);
  }
  return [];
}

const stopsRuns: Fault = {
  ...{ ...usual, name: 'run-stopped', at: 'people', needsRig: false },
  says: 'stops the runs of items that wait for people: their decision comes to a token that is too late',
  async begin(place) {
    for (const id of await waiting(place)) {
      const { executionArn } = (await place.world.account.item(id)) ?? {};
      if (!executionArn) continue;
      await place.world.account.sfn.send(new StopExecutionCommand({ executionArn })).catch(() => undefined);
      place.note(`the run of ${id} stopped`);
    }
  },
};

/** Destinations refuse until something rests, and are well again then. @returns what rests */
export async function refusing(place: Place): Promise<string[]> {
  const { world } = place;
  const names = ['help-desk', 'refund-ledger'] as const;
  const resting = async () =>
    (await place.items()).filter(({ status }) => ['quarantined', 'parked'].includes(status));
  await Promise.all(names.map((destination) => world.fault({ destination }, 'refuse')));
  for (let tries = 0; tries < 60 && (await resting()).length === 0; tries += 1) await pause(0.5);
  await Promise.all(names.map((destination) => world.fault({ destination }, 'ok')));
  return (await resting()).map(({ id }) => id);
}

const refusedThenTwoRedrives: Fault = {
  ...{ ...usual, name: 'two-redrives', at: 'people', needsRig: false, within: 0.2 },
  says: 'destinations refuse, and two operators let the same items go on at the same moment',
  async begin(place) {
    for (const id of await refusing(place)) {
      const answers = await Promise.all([
        place.redrive(id, `first operator, ${id}`),
        place.redrive(id, `second operator, ${id}`),
      ]);
      place.note(`two redrives of ${id}: ${answers.join(' and ')}`);
    }
  },
};

const decidedWhileRedriven: Fault = {
  ...{ ...usual, name: 'decided-while-redriven', at: 'people', needsRig: false },
  says: 'an operator lets an item go on in the moment in which its approver decides',
  async begin(place) {
    for (const id of await waiting(place)) {
      const [, status] = await Promise.all([
        place.world.decide(id, ['approve']),
        pause(place.random.next() * 0.15).then(() => place.redrive(id, `while it is decided, ${id}`)),
      ]);
      place.note(`${id} decided and redriven (${status})`);
    }
  },
};

const opposite: Fault = {
  ...{ ...usual, name: 'opposite-decisions', at: 'people', needsRig: false },
  says: 'two approvers say the opposite at the same moment, and once more by their old links afterwards',
  async begin(place) {
    for (const id of await waiting(place)) {
      await place.world.decide(id, ['approve', 'reject']);
      await place.world.decide(id, ['reject', 'approve']);
      place.note(`${id} decided four times`);
    }
  },
};

export const PEOPLE_FAULTS: readonly Fault[] = [
  stopsRuns,
  refusedThenTwoRedrives,
  decidedWhileRedriven,
  opposite,
];
