import { roundOf } from '../../../contract/approval.ts';
import { byAnyKey, readKeys } from '../../../kit/signed/keys.ts';
import { type Binding, nonceTime } from '../../../pages/links.ts';
import { staleFault } from './stale.ts';
import type { PageContext, Visit } from './visit.ts';

/** A form that was sent, and what it shows of its sender. */
export interface Form {
  field(name: string): string | undefined;
  /** All fields in the order in which they were sent; a name may appear more than once. */
  names: readonly string[];
  cookie: string | undefined;
  browser: boolean;
}

export type NonceField = 'nonce' | 'seen' | 'reviewed';

/** When the form's page was made (ms since 1970); undefined if it is no page of ours about this document. */
export async function timeOf(
  { env }: PageContext,
  visit: Visit,
  form: Form,
  digest: string,
  field: NonceField = 'nonce',
  goodForMs?: number,
) {
  const nonce = form.field(field);
  if (!nonce) return undefined;
  const bound = boundTo(visit, digest);
  return byAnyKey(env.FORM_KEYS, (key) => nonceTime(key, nonce, bound, form, goodForMs));
}

function boundTo({ subject, row }: Visit, digest: string): Omit<Binding, 'browser'> {
  return { subject, approvalId: row.id, digest, round: roundOf(row) };
}

export async function staleOf({ env }: PageContext, visit: Visit, form: Form): Promise<string> {
  const keys = await readKeys(env.FORM_KEYS);
  const nonce = form.field('seen') ?? form.field('nonce') ?? '';
  return staleFault(visit.row, ({ digest, round }) => {
    const bound = { ...boundTo(visit, digest), round };
    return keys.some((key) => nonceTime(key, nonce, bound, form) !== undefined);
  });
}
