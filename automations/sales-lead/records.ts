import type * as z from 'zod/mini';
import type { ACCOUNTS } from './actions.ts';
import { industryOf, regionOf, sizeOf } from './company.ts';
import type { account, company, territory } from './lookups.ts';

/* What the answers of the directory and of the CRM come to. `evaluate` proposes by it, and the policy holds the proposal against it. */

export type Company = z.output<typeof company.answer>;
export type Account = z.output<typeof account.answer>;
export type Territory = z.output<typeof territory.answer>;

type Answer<T> = T | null | undefined;

/** What the directory says; all `unknown` where it knows no such company, or could not be asked. */
export function factsOf(of: Answer<Company>) {
  return {
    size: sizeOf(of?.employees),
    industry: industryOf(of?.industry),
    region: regionOf(of?.country),
  };
}

/** What the account is to us. */
export function standingOf(known: Answer<Account>): (typeof ACCOUNTS)[number] {
  if (!known) return 'new';
  const { lifecyclestage, hubspot_owner_id: owner } = known.properties;
  if (lifecyclestage === 'customer') return 'customer';
  return owner ? 'owned' : 'known';
}

export const isCompetitor = (known: Answer<Account>): boolean => known?.properties.competitor === 'true';

/** Who takes it, and by when: the account's own owner, else the territory's. Undefined where the CRM names nobody. */
export function takerOf(known: Answer<Account>, there: Answer<Territory>) {
  if (!there) return undefined;
  const { owner_id: id, owner_email: owner, next_working_day: due } = there.properties;
  const { hubspot_owner_id: ownId, owner_email: own } = known?.properties ?? {};
  return ownId && own ? { id: ownId, owner: own, due } : { id, owner, due };
}
