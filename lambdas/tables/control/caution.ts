import { isoNow } from '../../kit/clock.ts';
import { getTogether } from '../../kit/dynamo/gets.ts';
import { put, updateAndSee } from '../../kit/dynamo/rows.ts';
import { cautionKey } from '../keys.ts';

/** Who asked for caution, when and why. Only operators see the reason. */
export interface CautionNote {
  at: string;
  by: string;
  reason: string;
}

/** Beside `everything` one field per action and label, so that two operators do not undo each other. */
export type CautionRow = { id: string } & Readonly<Record<string, CautionNote | string>>;

const EVERYTHING = 'everything';
const fieldOf = { action: (name: string) => `action ${name}`, label: (name: string) => `label ${name}` };

/** What to hold or release: these actions and labels, or everything. */
export interface CautionOrder {
  on: boolean;
  actions: readonly string[];
  labels: readonly string[];
  reason: string;
  by: string;
}

export function readCaution(table: string, automation: string): Promise<CautionRow | undefined> {
  return getTogether(table, cautionKey(automation));
}

/** From the next gate on. A release that names nothing releases everything. */
export async function setCaution(
  table: string,
  automation: string,
  { on, actions, labels, reason, by }: CautionOrder,
): Promise<CautionRow | undefined> {
  const id = cautionKey(automation);
  const named = [...actions.map(fieldOf.action), ...labels.map(fieldOf.label)];
  if (!on && named.length === 0) {
    await put(table, { id });
    return { id };
  }
  const fields = named.length > 0 ? [...new Set(named)] : [EVERYTHING];
  const note: CautionNote = { at: isoNow(), by, reason };
  const change = on ? { set: Object.fromEntries(fields.map((field) => [field, note])) } : { remove: fields };
  return (await updateAndSee<CautionRow>(table, id, change)).row;
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
