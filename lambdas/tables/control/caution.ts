import { isoNow } from '../../kit/clock.ts';
import { getTogether } from '../../kit/dynamo/gets.ts';
import { updateAndSee } from '../../kit/dynamo/rows.ts';
import { cautionKey } from '../keys.ts';

/** Who asked for caution, when and why. Only operators see the reason. */
export interface CautionNote {
  at: string;
  by: string;
  reason: string;
}

/**
 * Beside `everything` one field per action and label, so that two operators do not undo each other. A field that is a text holds nothing: it
 * says when audits held a label, or when somebody let it act alone again.
 */
export type CautionRow = { id: string } & Readonly<Record<string, CautionNote | string>>;

const EVERYTHING = 'everything';
const HELD = 'audits ';
const LIFTED = 'lifted ';
const fieldOf = { action: (name: string) => `action ${name}`, label: (name: string) => `label ${name}` };

/** What to hold or release: these actions and labels, or everything. */
export interface CautionOrder {
  on: boolean;
  actions: readonly string[];
  labels: readonly string[];
  reason: string;
  by: string;
  /** People's audits are why, and no operator. */
  audits?: true;
}

export function readCaution(table: string, automation: string): Promise<CautionRow | undefined> {
  return getTogether(table, cautionKey(automation));
}

/** From the next gate on. A release that names nothing releases everything. */
export async function setCaution(
  table: string,
  automation: string,
  { on, actions, labels, reason, by, audits }: CautionOrder,
): Promise<CautionRow | undefined> {
  const id = cautionKey(automation);
  const named = [...actions.map(fieldOf.action), ...labels.map(fieldOf.label)];
  const fields = named.length > 0 ? [...new Set(named)] : [EVERYTHING];
  const at = isoNow();
  if (!on) return named.length > 0 ? lift(table, id, fields, at) : liftAll(table, id, at);
  const note: CautionNote = { at, by, reason };
  const set = {
    ...Object.fromEntries(fields.map((field) => [field, note])),
    // With the caution and not behind it: whoever lifts it lifts what audits held, wherever they were interrupted.
    ...(audits ? Object.fromEntries(fields.map((field) => [HELD + field, at])) : {}),
  };
  return (await updateAndSee<CautionRow>(table, id, { set })).row;
}

async function lift(table: string, id: string, fields: readonly string[], at: string) {
  const set = Object.fromEntries(fields.map((field) => [LIFTED + field, at]));
  return (await updateAndSee<CautionRow>(table, id, { set, remove: fields })).row;
}

/** What there is to lift is seen with the moment of it: a row cannot be changed by fields that nobody has named. */
async function liftAll(table: string, id: string, at: string): Promise<CautionRow | undefined> {
  const { row } = await updateAndSee<CautionRow>(table, id, { set: { [LIFTED + EVERYTHING]: at } });
  const fields = Object.entries(row ?? {}).flatMap(([field, note]) =>
    typeof note === 'string' ? [] : [field],
  );
  return fields.length > 0 ? lift(table, id, fields, at) : row;
}

/** Labels that audits held and somebody let act alone again: when it was held, and when lifted. */
export function liftedAfterAudits(
  row: CautionRow | undefined,
): { label: string; held: string; lifted: string }[] {
  const prefix = HELD + fieldOf.label('');
  return Object.entries(row ?? {}).flatMap(([field, held]) => {
    if (typeof held !== 'string' || !field.startsWith(prefix)) return [];
    const label = field.replace(prefix, '');
    const moments = [row?.[LIFTED + fieldOf.label(label)], row?.[LIFTED + EVERYTHING]];
    const lifted = moments.filter((it) => typeof it === 'string' && it >= held) as string[];
    return lifted.length > 0 ? [{ label, held, lifted: lifted.sort().at(-1) ?? held }] : [];
  });
}

/** Whether an operator wants a person to be asked about this. */
export function wantsCaution(row: CautionRow | undefined, action: string, label: string): boolean {
  return [EVERYTHING, fieldOf.action(action), fieldOf.label(label)].some(
    (field) => row?.[field] !== undefined,
  );
}

/** What of an automation asks a person for an operator's sake. `notes` are for operators. */
export interface CautionView {
  on: boolean;
  everything: boolean;
  actions: string[];
  labels: string[];
  notes?: (CautionNote & { of: string })[];
}

export function cautionView(row: CautionRow | undefined, forOperator: boolean): CautionView {
  const notes = Object.entries(row ?? {})
    .flatMap(([of, note]) => (typeof note === 'string' ? [] : [{ of, ...note }]))
    .sort((a, b) => (a.at < b.at ? 1 : -1));
  const named = (kind: 'action ' | 'label ') =>
    notes.flatMap(({ of }) => (of.startsWith(kind) ? [of.slice(kind.length)] : [])).sort();
  return {
    on: notes.length > 0,
    everything: notes.some(({ of }) => of === EVERYTHING),
    actions: named('action '),
    labels: named('label '),
    ...(forOperator ? { notes } : {}),
  };
}
