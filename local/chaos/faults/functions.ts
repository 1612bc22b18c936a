import type { Exchange } from '../wire.ts';
import { pause } from '../world.ts';
import { crashLoop } from './dead-letters.ts';
import { BATCH, type Fault, type Lasting, type Place, rigOf, usual } from './fault.ts';
import { refusing } from './people.ts';

/* Functions that end in the middle of their work. */

/** By the part of the name that follows `kill-`. */
const FUNCTIONS = {
  intake: { service: 'intake/intake', most: 6, says: 'intake' },
  process: { service: 'process/process', most: 24, says: 'process, with all items of its batch' },
  act: { service: 'act/act', most: 14, says: 'act' },
  ask: { service: 'approve/ask', most: 12, says: 'the function that asks people' },
  page: { service: 'approve/page', most: 6, says: 'the page that takes decisions' },
  'on-change': { service: 'approve/on-change', most: 8, says: 'the function that carries decisions' },
  publish: { service: 'record/publish', most: 4, says: 'the function that publishes status changes' },
  callback: { service: 'record/callback', most: 4, says: 'the function that calls callers back' },
} as const;

const killing = (name: keyof typeof FUNCTIONS): Fault => {
  const { service, most, says } = FUNCTIONS[name];
  return {
    ...{ ...usual, name: `kill-${name}`, at: 'function', within: 0.2 },
    says: `ends ${says}, before or after its n-th call of anything, up to three times`,
    excuses: name === 'process' ? { each: BATCH } : {},
    begin: async (place) => killAt(place, service, most),
  };
};

/** Up to three times: the second and third may meet what mends the first. */
function killAt(place: Place, service: string, most: number): () => void {
  const { wire } = rigOf(place);
  const next = () =>
    ({ in: place.random.whole(1, most), when: place.random.chance(0.5) ? 'before' : 'after' }) as const;
  const plan = [next(), next(), next()];
  let calls = 0;
  wire.judge = (exchange) => {
    const [now] = plan;
    if (exchange.service !== service || !now) return undefined;
    calls += 1;
    if (calls < now.in) return undefined;
    calls = 0;
    plan.shift();
    place.note(`${service} ended ${now.when} its call ${now.in}, ${exchange.to} ${exchange.name}`);
    return { do: 'kill', when: now.when };
  };
  return () => {
    wire.judge = undefined;
  };
}

/**
 * Between a call that was answered and the write that follows it, nobody of ours knows what was done.
 * @param plan what is met in turn: a name, or undefined for any
 */
function killBeforeWrite(
  place: Place,
  service: string,
  to: Exchange['to'],
  plan: (string | undefined)[],
): Lasting {
  const { wire } = rigOf(place);
  const left = [...plan];
  wire.judge = (exchange) => {
    if (exchange.service !== service || exchange.to !== to || left.length === 0) return undefined;
    if (left[0] !== undefined && left[0] !== exchange.name) return undefined;
    left.shift();
    place.note(`${service} ended when ${to} ${exchange.name} had answered`);
    return { do: 'kill', when: 'after' };
  };
  const end = () => {
    wire.judge = undefined;
  };
  return Object.assign(end, { isOver: () => left.length === 0 });
}

const afterActing: Fault = {
  ...{ ...usual, name: 'kill-act-called', at: 'function', within: 0.2 },
  says: 'ends act when a destination has taken a call, before the outcome is written: first one that takes no key, then another',
  begin: async (place) =>
    killBeforeWrite(place, 'act/act', 'destination', [
      'stamps',
      place.random.one(['help-desk', 'refund-ledger']),
    ]),
};

const afterThinking: Fault = {
  ...{ ...usual, name: 'kill-process-answered', at: 'function', within: 0.2 },
  says: 'ends process when a model has answered, before the answer is remembered, twice',
  excuses: { each: BATCH },
  begin: async (place) => killBeforeWrite(place, 'process/process', 'model', [undefined, undefined]),
};

/** Nobody commands anything where nothing rests. */
const killsCommands: Fault = {
  ...{ ...usual, name: 'kill-commands', at: 'function', within: 0.2 },
  says: 'destinations refuse, and the function that takes operators’ commands is ended up to three times while it lets go on what rests',
  async begin(place) {
    const resting = await refusing(place);
    const end = killAt(place, 'operate/commands', 5);
    for (let times = 1; times <= 4; times += 1)
      for (const id of resting) await place.redrive(id, `try ${times} of an operator, ${id}`);
    return end;
  },
};

const killsAll: Fault = {
  ...{ ...usual, name: 'kill-9-functions', at: 'function', needsRig: false, within: 3 },
  says: 'ends every worker of every function at once, twice',
  excuses: { each: BATCH },
  async begin({ world, note, random }) {
    for (const round of [1, 2]) {
      note(`${await world.killWorkers(/\//)} workers ended (${round})`);
      await pause(random.next() * 3);
    }
  },
};

export const FUNCTION_FAULTS: readonly Fault[] = [
  ...(Object.keys(FUNCTIONS) as (keyof typeof FUNCTIONS)[]).map(killing),
  afterActing,
  afterThinking,
  killsCommands,
  killsAll,
  crashLoop,
];
