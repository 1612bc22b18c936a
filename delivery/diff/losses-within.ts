import type { Loss, Tell } from './loss.ts';
import { type Kept, stays } from './stateful.ts';
import { canonical, type Resource, type Template } from './templates.ts';

/* What a resource that stays would lose, beside what its properties say outright. */

interface Both {
  before: Template;
  after: Template;
}

/** An attribute that a key or an index is made of has another type: the table is made anew. One more or less is none. */
export function attributesRetyped(one: Resource, other: Resource): boolean {
  const [had, has] = [attributesOf(one), attributesOf(other)];
  return [...had].some(([name, type]) => has.has(name) && has.get(name) !== type);
}

function attributesOf({ Properties = {} }: Resource): Map<string, string> {
  const all = Properties.AttributeDefinitions;
  if (!Array.isArray(all)) return new Map();
  return new Map(
    (all as { AttributeName?: unknown; AttributeType?: unknown }[]).map(
      ({ AttributeName, AttributeType }) => [canonical(AttributeName), canonical(AttributeType)] as const,
    ),
  );
}

/** What keeps it when its stack goes, when it is replaced, or when somebody deletes from it. */
export function lessProtected(
  one: Resource,
  other: Resource,
  { protectedBy = [] }: Pick<Kept, 'replacedBy' | 'protectedBy'>,
  loss: Tell,
): Loss[] {
  const policies = (['DeletionPolicy', 'UpdateReplacePolicy'] as const).filter(
    (name) => stays(one[name]) && !stays(other[name]),
  );
  const off = protectedBy.filter((path) => isOn(at(one, path)) && !isOn(at(other, path)));
  const names = [...policies, ...off];
  if (names.length === 0) return [];
  return loss(
    `would be less protected: ${names.join(', ')} would be off`,
    'leave it on; whoever removes it later says so in a change of its own',
    { guard: true },
  );
}

const at = ({ Properties }: Resource, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], Properties);

const isOn = (value: unknown) => value === true || value === 'true' || value === 'Enabled';

/** Whether it is there, or what decides about it, is in the hands of something that no template tells. */
export function unreadable(
  one: Resource,
  other: Resource,
  { replacedBy, emptiedBy = [] }: Kept,
  both: Both,
  loss: Tell,
): Loss[] {
  if (other.Condition !== undefined && canonical(one.Condition) !== canonical(other.Condition))
    return loss(
      'cannot be judged: whether it would stay depends on a condition that cannot be decided here',
      'leave the condition as it was, or let it depend on account and region alone',
    );
  const names = [...replacedBy, ...emptiedBy].filter((name) => isOutside(other.Properties?.[name], both));
  if (names.length === 0) return [];
  return loss(
    `cannot be judged: ${names.join(', ')} is read from elsewhere when it is deployed`,
    'write the value into the template',
  );
}

const ELSEWHERE = /^Fn::(?:ImportValue|GetStackOutput|Transform)$/;

/** A value that may be another one at the next deployment though the template says the same. */
function isOutside(value: unknown, both: Both): boolean {
  if (typeof value === 'string') return value.includes('{{resolve:');
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([name, part]) => {
    if (ELSEWHERE.test(name)) return true;
    const id = name === 'Ref' ? part : name === 'Fn::GetAtt' ? String(part).split(/[,.]/)[0] : undefined;
    if (typeof id === 'string') {
      const [was, is] = [both.before.Resources?.[id], both.after.Resources?.[id]];
      return (
        (was !== undefined || is !== undefined) && canonical(was?.Properties) !== canonical(is?.Properties)
      );
    }
    return isOutside(part, both);
  });
}
