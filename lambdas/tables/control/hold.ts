import { clock, isoNow } from '../../kit/clock.ts';
import { get, is, put, update, updateAndSee } from '../../kit/dynamo/rows.ts';
import { holdKey } from '../keys.ts';

/** `suspend`: nothing goes on. `drain`: what is begun is finished, nothing new is begun. */
export const HOLDS = ['suspend', 'drain'] as const;
export type HoldMode = (typeof HOLDS)[number];

/** Who holds it, since when and why. Callers see the mode alone. */
export interface HoldNote {
  mode: HoldMode;
  at: string;
  by: string;
  reason: string;
}

/** The control table's row of what operators hold of an automation. Beside `everything` one field per action. */
export interface HoldRow {
  id: string;
  everything?: HoldNote;
  /** When that was asked for: who looks whether it is drained writes only about the same hold. */
  since?: string;
  /** All items before this place have come to an end, or wait. */
  place?: string;
  drainedAt?: string;
  /** When something was last let go on. */
  releasedAt?: string;
  [action: `action ${string}`]: HoldNote;
}

const actionOf = (name: string): `action ${string}` => `action ${name}`;

/** What to hold: these actions, or everything. */
export interface HoldOrder {
  mode: HoldMode;
  /** @default everything */
  actions?: readonly string[] | undefined;
  by: string;
  reason: string;
}

export function readHold(table: string, automation: string): Promise<HoldRow | undefined> {
  return get(table, holdKey(automation));
}

/** Of two operators at once the later one is heard; what else is held stays so. */
export async function setHold(
  table: string,
  automation: string,
  { mode, actions, by, reason }: HoldOrder,
): Promise<HoldRow | undefined> {
  const note: HoldNote = { mode, at: isoNow(), by, reason };
  const { row } = await updateAndSee<HoldRow>(
    table,
    holdKey(automation),
    actions
      ? { set: Object.fromEntries(actions.map((name) => [actionOf(name), note])) }
      : { set: { everything: note, since: note.at }, remove: ['place', 'drainedAt'] },
  );
  return row;
}

/** Lets these actions go on, or all. @returns what is held still */
export async function releaseHold(
  table: string,
  automation: string,
  actions?: readonly string[],
): Promise<HoldRow | undefined> {
  const id = holdKey(automation);
  const releasedAt = isoNow();
  if (!actions) {
    await put<HoldRow>(table, { id, releasedAt });
    return { id };
  }
  const remove = [...new Set(actions)].map(actionOf);
  return (await updateAndSee<HoldRow>(table, id, { set: { releasedAt }, remove })).row;
}

/** What was held is on its way again within this time. */
const GOING_ON_MS = 3_600_000;

/** Whether items of the automation stand still, or stood a moment ago, because an operator says so. */
export function isHeldOrWas(row: HoldRow | undefined): boolean {
  const { releasedAt } = row ?? {};
  const lately = releasedAt !== undefined && clock.now() - Date.parse(releasedAt) < GOING_ON_MS;
  return lately || notesOf(row).length > 0;
}

/** How far the look at a draining automation has come; false where another hold has taken the place of that one. */
export function noteDraining(
  table: string,
  { id, since }: HoldRow,
  found: Pick<HoldRow, 'place' | 'drainedAt'>,
): Promise<boolean> {
  return update<HoldRow>(table, id, { set: found, when: is('since', since) });
}

/** An instance believes for so long that nothing is held. */
export const HOLD_KEPT_MS = 5000;

const kept = new Map<string, { at: number; row: Promise<HoldRow | undefined> }>();

/**
 * What of an automation is held, by a look that may be five seconds old. A hold is looked at again before anything waits for it: what an
 * operator resumes must not wait for what was.
 */
export async function heldNow<Held>(
  table: string,
  automation: string,
  what: (row: HoldRow | undefined) => Held | undefined,
): Promise<Held | undefined> {
  const key = `${table} ${automation}`;
  const before = kept.get(key);
  // A clock that was set back must not keep what it knows for longer.
  const age = before ? clock.now() - before.at : -1;
  const fresh = age >= 0 && age < HOLD_KEPT_MS ? before?.row : undefined;
  const seen = what(await (fresh ?? look(key, table, automation)));
  return seen && (fresh ? what(await look(key, table, automation)) : seen);
}

function look(key: string, table: string, automation: string): Promise<HoldRow | undefined> {
  const row = readHold(table, automation);
  kept.set(key, { at: clock.now(), row });
  row.catch(() => kept.delete(key));
  return row;
}

/** Why the automation begins nothing. */
export function heldWhole(row: HoldRow | undefined): HoldNote | undefined {
  return row?.everything;
}

/** Why an action is not done. */
export function heldAction(row: HoldRow | undefined, action: string): HoldNote | undefined {
  return row?.everything?.mode === 'suspend' ? row.everything : row?.[actionOf(action)];
}

/** What is held, for the registry. `notes` are for operators. */
export interface HoldView {
  /** Of everything; absent where at most some actions are held. */
  mode?: HoldMode;
  actions: string[];
  notes?: (HoldNote & { of: string })[];
}

export function holdView(row: HoldRow | undefined, forOperator: boolean): HoldView {
  const notes = notesOf(row);
  const { everything } = row ?? {};
  return {
    ...(everything ? { mode: everything.mode } : {}),
    actions: notes.flatMap(({ of }) => (of === 'everything' ? [] : [of.slice('action '.length)])).sort(),
    ...(forOperator ? { notes } : {}),
  };
}

function notesOf(row: HoldRow | undefined): (HoldNote & { of: string })[] {
  return Object.entries(row ?? {})
    .flatMap(([of, note]) => (typeof note === 'object' ? [{ of, ...note }] : []))
    .sort((a, b) => (a.at < b.at ? 1 : -1));
}

export const STATES = ['running', 'suspended', 'draining', 'drained'] as const;
export type AutomationState = (typeof STATES)[number];

/** An automation's state: what an operator wants comes before what its budget allows. */
export function stateOf(row: HoldRow | undefined, { suspended }: { suspended: boolean }): AutomationState {
  const { everything, drainedAt } = row ?? {};
  if (everything?.mode === 'drain') return drainedAt === undefined ? 'draining' : 'drained';
  return everything || suspended ? 'suspended' : 'running';
}
