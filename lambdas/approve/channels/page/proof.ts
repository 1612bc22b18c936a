import { roundOf } from '../../../contract/approval.ts';
import { readKey } from '../../../kit/signed/keys.ts';
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
  const key = await readKey(env.FORM_KEYS);
  return nonceTime(key, form.field(field) ?? '', boundTo(visit, digest), form, goodForMs);
}

function boundTo({ subject, row }: Visit, digest: string): Omit<Binding, 'browser'> {
  return { subject, approvalId: row.id, digest, round: roundOf(row) };
}

export async function staleOf({ env }: PageContext, visit: Visit, form: Form): Promise<string> {
  const key = await readKey(env.FORM_KEYS);
  const nonce = form.field('seen') ?? form.field('nonce') ?? '';
  return staleFault(
    visit.row,
    (made) =>
      nonceTime(key, nonce, { ...boundTo(visit, made.digest), round: made.round }, form) !== undefined,
  );
}
