import * as z from 'zod';
import { AUTHS, type Auth } from '../lambdas/contract/outside/auth.ts';
import { keyHeader, serverUrl } from './endpoint-config.ts';

/* Of the configuration: how outside systems know us, those that are read and those that act. */

/** This machine alone may be reached without TLS: in a local run they are there. */
export const outsideUrl = serverUrl.refine(
  (text) => /^https:|^http:\/\/(?:127\.0\.0\.1|localhost)[:/]/.test(text),
  { message: 'must be an https URL' },
);

const NAMES = Object.keys(AUTHS) as [Auth, ...Auth[]];
const printable = z
  .string()
  .regex(/^[\x21-\x7e](?:[\x20-\x7e]{0,498}[\x21-\x7e])?$/, 'must be printable ASCII');

/** Fields of a neighbour's entry; `secret` is the neighbour's own. */
export const authFields = {
  /** How it knows us, and what its secret holds: docs/configuration.md. @default not at all */
  auth: z.enum(NAMES).optional(),
  /** Of `header` and `hmac`: the header with the key or the signature. @default x-api-key, x-signature */
  keyHeader,
  /** Of `oauth`: where tokens come from. It must be public. */
  tokenUrl: outsideUrl.optional(),
  scope: printable.optional(),
  audience: printable.optional(),
  /** Of `oauth`: where the client's secret stands. @default basic */
  tokenAuth: z.enum(['basic', 'body']).optional(),
  /** Of `sigv4`. */
  region: z
    .string()
    .regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/, 'must be a region such as "eu-central-1"')
    .optional(),
  /** Of `sigv4`. @default execute-api */
  service: z
    .string()
    .regex(/^[a-z][a-z0-9-]{1,40}$/, 'must be the name of a service as signatures have it')
    .optional(),
};

/** Which kinds of auth a field belongs to, and of which it is a part that cannot be left out. */
const BELONGS: readonly {
  field: Exclude<keyof typeof authFields, 'auth'>;
  to: readonly Auth[];
  needed?: true;
}[] = [
  { field: 'keyHeader', to: ['header', 'hmac'] },
  { field: 'tokenUrl', to: ['oauth'], needed: true },
  { field: 'scope', to: ['oauth'] },
  { field: 'audience', to: ['oauth'] },
  { field: 'tokenAuth', to: ['oauth'] },
  { field: 'region', to: ['sigv4'], needed: true },
  { field: 'service', to: ['sigv4'] },
];

type Given = { [field in keyof typeof authFields]?: unknown } & {
  auth?: Auth | undefined;
  secret?: string | undefined;
};

/** What does not go together, by field. */
export function faultsInAuth(given: Given): { path: string; message: string }[] {
  const { auth, secret } = given;
  const faults: { path: string; message: string }[] = BELONGS.flatMap(({ field, to, needed }) => {
    const has = given[field] !== undefined;
    const fits = auth !== undefined && to.includes(auth);
    if (has && !fits) return [{ path: field, message: `belongs to 'auth: ${to.join(' | ')}' alone` }];
    if (!has && fits && needed) return [{ path: field, message: `is missing: 'auth: ${auth}' needs it` }];
    return [];
  });
  if (auth && !secret)
    faults.push({ path: 'secret', message: "is missing: 'auth' needs the name of a secret" });
  return faults;
}

/** What is said where a secret has no use. */
export const UNUSED_SECRET = `is missing: say how the secret is sent, one of ${NAMES.join(', ')}`;
