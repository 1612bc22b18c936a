import { droppedInUse } from './exports.ts';
import type { Loss } from './loss.ts';
import { losses, oneWay } from './losses.ts';
import { type Rights, rightsBetween } from './rights.ts';
import { canonical, placeOf, type Templates } from './templates.ts';

export interface Changed {
  type: string;
  place: string;
  how: 'new' | 'changed' | 'gone';
  /** Names of the properties that differ. */
  properties: readonly string[];
}

export interface StackChange {
  stack: string;
  how: 'new' | 'changed' | 'the same' | 'left as it is';
  resources: readonly Changed[];
}

export interface Cost {
  before: number;
  after: number;
}

/** What a deployment of `after` over `before` would come to. */
export interface Changes {
  stacks: readonly StackChange[];
  losses: readonly Loss[];
  /** What an automatic rollback would lose again, and therefore stops at. */
  oneWay: readonly Loss[];
  rights: Rights;
}

export function changesBetween(
  before: Templates,
  after: Templates,
  importers?: Readonly<Record<string, readonly string[]>>,
): Changes {
  return {
    stacks: [...new Set([...Object.keys(after), ...Object.keys(before)])].map((stack) =>
      stackChange(stack, before, after),
    ),
    losses: [...losses(before, after), ...droppedInUse(before, after, importers)],
    oneWay: oneWay(before, after),
    rights: rightsBetween(before, after),
  };
}

function stackChange(stack: string, before: Templates, after: Templates): StackChange {
  const [was, is] = [before[stack], after[stack]];
  if (!is) return { stack, how: 'left as it is', resources: [] };
  const [had, has] = [was?.Resources ?? {}, is.Resources ?? {}];
  const resources = [...new Set([...Object.keys(had), ...Object.keys(has)])].flatMap((id): Changed[] => {
    const [one, other] = [had[id], has[id]];
    const resource = other ?? one;
    // It says how the template was made, and costs nothing.
    if (!resource || resource.Type === 'AWS::CDK::Metadata') return [];
    const named = { type: resource.Type, place: placeOf(id, resource) };
    if (!one) return [{ ...named, how: 'new', properties: [] }];
    if (!other) return [{ ...named, how: 'gone', properties: [] }];
    const properties = [
      ...differing(one.Properties, other.Properties),
      ...AROUND.filter((name) => canonical(one[name]) !== canonical(other[name])),
    ];
    return properties.length === 0 && one.Type === other.Type
      ? []
      : [{ ...named, how: 'changed', properties }];
  });
  if (!was) return { stack, how: 'new', resources };
  const same = resources.length === 0 && canonical(was.Outputs) === canonical(is.Outputs);
  return { stack, how: same ? 'the same' : 'changed', resources };
}

/** What decides about a resource beside its properties. */
const AROUND = ['Condition', 'DeletionPolicy', 'UpdateReplacePolicy'] as const;

function differing(one: Record<string, unknown> = {}, other: Record<string, unknown> = {}): string[] {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].filter((name) => canonical(one[name]) !== canonical(other[name])).sort();
}

/** Those that no commit accepts by name. */
export function refused(changes: Changes, accepted: ReadonlySet<string>): Loss[] {
  return changes.losses.filter(({ key }) => !accepted.has(key));
}
