import type { Loss, Tell } from './loss.ts';
import { attributesRetyped, lessProtected, unreadable } from './losses-within.ts';
import { holdsUnknown, KEPT, NESTED, stays } from './stateful.ts';
import { canonical, partOf, placeOf, type Resource, type Template, type Templates } from './templates.ts';

/*
 * What a deployment would lose. CloudFormation replaces a resource where one of its deciding properties is another, and deletes what a
 * template has no more: rows, objects, keys and messages go with it, or stay behind where nobody finds them. What cannot be read out of
 * a template counts as lost: a person looks.
 */

/** What goes from `before` to `after`, of the stacks that both have: a deployment deletes no stack. */
export function losses(before: Templates, after: Templates): Loss[] {
  return Object.entries(before).flatMap(([stack, template]) => {
    const next = after[stack];
    return next ? [...unreadWhole(stack, template, next), ...lossesOf(stack, template, next)] : [];
  });
}

/** A template that programs of CloudFormation write anew is another one than the one that is read here. */
function unreadWhole(stack: string, before: Template, after: Template): Loss[] {
  if (after.Transform === undefined || canonical(before) === canonical(after)) return [];
  const says = `${stack} cannot be read: 'Transform' lets CloudFormation write it anew`;
  return [
    {
      key: `${partOf(stack)}/Transform`,
      stack,
      says,
      todo: 'write out what the transform would write, and leave it out',
    },
  ];
}

function lossesOf(stack: string, before: Template, after: Template): Loss[] {
  return Object.entries(before.Resources ?? {}).flatMap(([id, resource]): Loss[] => {
    const next = after.Resources?.[id];
    const named = (what: string) => `${what} ${placeOf(id, resource)} of ${stack}`;
    const tell =
      (what: string): Tell =>
      (says, todo, more) => [
        {
          // Whoever accepts that a guard goes has accepted nothing else of it.
          key: `${partOf(stack)}/${id}${more?.guard ? '/guards' : ''}`,
          ...{ stack, says: `${named(what)} ${says}`, todo, ...more },
        },
      ];
    if (resource.Type === NESTED || next?.Type === NESTED)
      return nested(resource, next, tell('nested stack'));
    if (holdsUnknown(resource.Type, resource.DeletionPolicy))
      return ofUnknown(id, resource, next, tell(resource.Type));
    const kept = KEPT[resource.Type];
    if (!kept) return [];
    const loss = tell(kept.what);
    if (!next || next.Type !== resource.Type) return gone(id, resource, next, loss);
    return [
      ...first([
        () => replaced(resource, next, loss),
        () => emptied(resource, next, loss),
        () => unreadable(resource, next, kept, { before, after }, loss),
      ]),
      ...lessProtected(resource, next, kept, loss),
    ];
  });
}

/** One word about each resource is enough, and the worst comes first. */
function first(looks: readonly (() => Loss[])[]): Loss[] {
  for (const look of looks) {
    const found = look();
    if (found.length > 0) return found;
  }
  return [];
}

const differing = (names: readonly string[], one: Resource, other: Resource): string[] =>
  names.filter((name) => canonical(one.Properties?.[name]) !== canonical(other.Properties?.[name]));

const differ = (names: readonly string[]) => `${names.join(', ')} ${names.length > 1 ? 'differ' : 'differs'}`;

function replaced(resource: Resource, next: Resource, loss: Tell): Loss[] {
  const names = [
    ...differing(KEPT[resource.Type]?.replacedBy ?? [], resource, next),
    ...(attributesRetyped(resource, next) ? ['AttributeDefinitions'] : []),
  ];
  if (names.length === 0) return [];
  return loss(
    `would be replaced by an empty one: ${differ(names)}`,
    'leave it as it is, and add a second one beside it; move what it holds, then remove it in a later change',
  );
}

function emptied(resource: Resource, next: Resource, loss: Tell): Loss[] {
  const names = differing(KEPT[resource.Type]?.emptiedBy ?? [], resource, next);
  if (names.length === 0) return [];
  return loss(
    `would get another content: ${differ(names)}`,
    'leave these properties as they are: a new value is put there by hand, or comes with a new one beside it',
  );
}

/** CloudFormation replaces some kinds by properties that only their service knows. */
function ofUnknown(id: string, resource: Resource, next: Resource | undefined, loss: Tell): Loss[] {
  if (!next || next.Type !== resource.Type) return gone(id, resource, next, loss);
  const lesser = lessProtected(resource, next, { replacedBy: [] }, loss);
  if (lesser.length > 0 || canonical(resource.Properties) === canonical(next.Properties)) return lesser;
  return loss(
    'cannot be judged: it would change, and which changes replace one of its kind is not known here',
    'look up in the reference of CloudFormation which of these properties replace it',
  );
}

function nested(resource: Resource, next: Resource | undefined, loss: Tell): Loss[] {
  // The address of its template has the hash of what is in it.
  if (next && canonical(resource) === canonical(next)) return [];
  return loss(
    `cannot be read: it would ${next ? 'change' : 'go'}, with whatever it holds`,
    'put what it holds into a stack of the environment',
  );
}

function gone(id: string, resource: Resource, next: Resource | undefined, loss: Tell): Loss[] {
  const { DeletionPolicy, Type } = resource;
  const left = stays(DeletionPolicy);
  const says = next
    ? `would be replaced: '${id}' is a ${next.Type} now, and was a ${Type}`
    : left
      ? 'would be left behind, where nothing uses it any more'
      : 'would be deleted with all that it holds';
  return loss(
    says,
    left
      ? 'if it was renamed, give it its old place in the code; otherwise say what is done with what it holds'
      : 'if it was renamed, give it its old place in the code; otherwise empty it first',
  );
}

/** What `after` makes and going back would lose again: an automatic rollback stops before it. */
export function oneWay(before: Templates, after: Templates): Loss[] {
  return unguarded(losses(after, before));
}

/** Those by which something goes. */
export const unguarded = (all: readonly Loss[]): Loss[] => all.filter(({ guard }) => !guard);
