import type { Automation } from '../../contract/automation.ts';
import { DOUBTS } from '../../contract/intake/repair.ts';
import type { Received } from '../../contract/item/envelope.ts';
import type { ParameterKind } from '../../contract/parameters.ts';

/**
 * Names of the fields at whose repair a person looks: those that the automation lists, its reference, and whatever an action takes
 * over unread.
 */
export function consequentialOf({ actions, reference, repair }: Automation): ReadonlySet<string> {
  const taken = Object.values(actions).flatMap(({ parameters = {} }) =>
    Object.values(parameters).flatMap(fieldsOf),
  );
  const listed = (repair?.consequential ?? []).map((pointer) => pointer.slice(1));
  return new Set([...taken, ...listed, ...(reference === undefined ? [] : [reference])]);
}

function fieldsOf(kind: ParameterKind): string[] {
  if (kind.kind === 'field') return [kind.field];
  return kind.kind === 'list' ? fieldsOf(kind.of) : [];
}

/** Whether a field, or one that it is part of or has as a part, is among them. */
export function isConsequential(field: string, among: ReadonlySet<string>): boolean {
  return [...among].some((it) => it === field || field.startsWith(`${it}/`) || it.startsWith(`${field}/`));
}

/** Why nobody should act alone on a body that was repaired. */
export function repairObjections({ repaired }: Pick<Received, 'repaired'>, automation: Automation): string[] {
  if (!repaired) return [];
  const among = consequentialOf(automation);
  const touched = repaired.fields.filter((field) => isConsequential(field, among));
  const doubts = repaired.doubts.map((doubt) => DOUBTS[doubt]);
  return [
    ...touched.map((field) => `'${field}' was repaired: compare it with what came`),
    ...(doubts.length > 0
      ? [`what came is broken, and what it means is not certain: ${doubts.join('; ')}`]
      : []),
  ];
}
