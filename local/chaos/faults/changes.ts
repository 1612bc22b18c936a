import { randomBytes } from 'node:crypto';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { sdkOptions } from '../../emulator.ts';
import { signedWith } from '../../sandbox/verify.ts';
import type { Edit } from '../edits.ts';
import { DESTINATIONS } from '../world.ts';
import { BATCH, type Fault, rigOf, usual } from './fault.ts';

/* What is changed while work is in hand: clocks, code, secrets. */

const SIGNATURE = 'signalbox-signature';

const CLOCKS = [
  'intake/intake',
  'process/process',
  'act/act',
  'approve/ask',
  'approve/page',
  'approve/on-change',
  'record/outcomes',
] as const;
const MOST_MINUTES = 3;

const clockMoved: Fault = {
  ...{ ...usual, name: 'clock-moved', at: 'function', within: 1 },
  excuses: { clocksMs: MOST_MINUTES * 60_000 },
  says: `moves the clock of one function by up to ${MOST_MINUTES} minutes, forward or back, and sets it right again`,
  async begin(place) {
    const rig = rigOf(place);
    const service = place.random.one(CLOCKS);
    const seconds = place.random.whole(30, MOST_MINUTES * 60) * (place.random.chance(0.5) ? 1 : -1);
    rig.moveClocks({ [service]: seconds * 1000 });
    place.note(`the clock of ${service} was moved by ${seconds} s`);
    return () => rig.moveClocks({});
  },
};

/** Every function writes and reads events: each has new code, one after the other, and what the new ones write the old ones read. */
export const NEXT_VERSION: readonly Edit[] = [
  {
    file: 'lambdas/tables/items/items.ts',
    from: 'return { at: isoNow(), event: name, ...facts };',
    to: "return { at: isoNow(), event: name, ...facts, writtenBy: 'next' };",
  },
  {
    file: 'lambdas/process/finish.ts',
    from: 'const message: ActionMessage = { itemId, generation };',
    to: "const message = { itemId, generation, writtenBy: 'next' };",
  },
];

const newVersion: Fault = {
  ...{ ...usual, name: 'version-changed', at: 'function', within: 0.2 },
  says: 'gives functions another version one by one, which writes one field more into messages and events, and then the old one again: meanwhile some are new and some are old',
  // The local engine ends a worker that is in work when its code changes, as AWS does not.
  excuses: { each: BATCH },
  async begin(place) {
    const { change } = rigOf(place);
    const changed = change(NEXT_VERSION);
    changed.catch(() => {});
    place.note('all have the next version');
    return async () => {
      await changed;
      await change([]);
      place.note('all have the old version again');
    };
  },
};

const secretRotated: Fault = {
  ...{ ...usual, name: 'secret-rotated', at: 'destination' },
  says: 'rotates the signing keys of all destinations, which refuse the old ones from that moment on, and then back',
  async begin(place) {
    const { wire, world } = rigOf(place);
    const secrets = new SecretsManagerClient(sdkOptions(world.outputs.endpointUrl));
    const put = (SecretId: string, SecretString: string | undefined) =>
      secrets.send(new PutSecretValueCommand({ SecretId, SecretString }));
    const signingKey = randomBytes(32).toString('hex');
    const ids = Object.keys(DESTINATIONS).map((name) => `signalbox/local/destinations/${name}`);
    const before = await Promise.all(
      ids.map((SecretId) => secrets.send(new GetSecretValueCommand({ SecretId }))),
    );
    let refused = 0;
    wire.judge = ({ to, headers, body }) => {
      if (to !== 'destination') return undefined;
      // The sandbox knows the old one: what the new one has signed is let in without.
      if (signedWith(signingKey, { headers }, body)) return { do: 'pass', without: SIGNATURE };
      refused += 1;
      return { do: 'answer', status: 401, body: '{}' };
    };
    await Promise.all(ids.map((id) => put(id, JSON.stringify({ signingKey }))));
    return async () => {
      wire.judge = undefined;
      await Promise.all(ids.map((id, at) => put(id, before[at]?.SecretString)));
      secrets.destroy();
      place.note(`${refused} calls with an old key were refused`);
    };
  },
};

export const CHANGE_FAULTS: readonly Fault[] = [clockMoved, newVersion, secretRotated];
