import { ACTS_AS, type Grant } from './grant.ts';
import { covers, grantsOf } from './grants.ts';
import type { Templates } from './templates.ts';

/** What one role, queue, bucket, function … may do, or lets others do, that it may not before or after. */
export interface Change {
  stack: string;
  who: string;
  /** It is there in one of the two only. */
  isNew: boolean;
  grants: readonly Grant[];
}

export interface Rights {
  widened: readonly Change[];
  narrowed: readonly Change[];
}

/**
 * Rights that are in `after` and that nothing in `before` covers, by whose they are, and the reverse. Where two statements cannot be
 * compared, such as one with `NotAction`, they count as wider: a person looks.
 */
export function rightsBetween(before: Templates, after: Templates): Rights {
  const [were, are] = [grantsOf(before), grantsOf(after)];
  const [denied, denies] = [grantsOf(before, 'Deny'), grantsOf(after, 'Deny')];
  const lifted = beyond(denies, denied.filter(stays(after))).map(asDenial('no longer denied: '));
  const added = beyond(denied, denies).map(asDenial('denied: '));
  return {
    widened: [...beyond(were, are), ...lifted],
    narrowed: [...beyond(are, were.filter(stays(after))), ...added],
  };
}

/** What goes with its whole stack is told there. */
const stays = (after: Templates) => (grant: Grant) => after[grant.stack] !== undefined;

const asDenial = (words: string) => (change: Change) => ({
  ...change,
  isNew: false,
  grants: change.grants.map((grant) => ({ ...grant, action: `${words}${grant.action}` })),
});

function beyond(less: readonly Grant[], more: readonly Grant[]): Change[] {
  const nameOf = ({ stack, who }: Grant) => `${stack} ${who}`;
  const known = Map.groupBy(less, nameOf);
  return [...Map.groupBy(more, nameOf)].flatMap(([name, grants]): Change[] => {
    const had = known.get(name) ?? [];
    const others = grants.filter((grant) => !had.some((one) => covers(one, grant)));
    const [first] = others;
    // Of what is new, the rights of its role are told where that is told.
    if (!first || (had.length === 0 && others.every(({ action }) => action.startsWith(ACTS_AS)))) return [];
    return [{ stack: first.stack, who: first.who, isNew: had.length === 0, grants: others }];
  });
}
