import * as z from 'zod';
import { SOURCE_AUTHS, type SourceAuth } from '../lambdas/contract/intake/sources.ts';
import { keyHeader, positive, serverUrl } from './endpoint-config.ts';

/* Of the configuration: outside systems that are read. */

/** This machine alone may be read without TLS: in a local run the sources are there. */
const sourceUrl = serverUrl.refine((text) => /^https:|^http:\/\/(?:127\.0\.0\.1|localhost)[:/]/.test(text), {
  message: 'must be an https URL',
});

const AUTHS = Object.keys(SOURCE_AUTHS) as [SourceAuth, ...SourceAuth[]];

export const source = z
  .strictObject({
    /** Requests go below it. It must be public: names and addresses of private networks are refused when it is called. */
    url: sourceUrl,
    /** How it knows us: `bearer` `{"token"}`, `basic` `{"user","password"}`, `header` `{"key"}`. @default not at all */
    auth: z.enum(AUTHS).optional(),
    /** Of `header`: the header that takes the key as it is. @default x-api-key */
    keyHeader,
    /** Secrets Manager name of what 'auth' needs; the stack creates it, a person fills it. */
    secret: z.string().startsWith('signalbox/').optional(),
    timeoutSeconds: positive.max(30).default(10),
    /** A longer answer is a fault: ask for less at a time. */
    mostBytes: z.int().min(1000).max(4_000_000).default(1_000_000),
    /** Calls that it takes in a minute, from all automations together. @default not paced */
    requestsPerMinute: positive.optional(),
  })
  .superRefine(({ auth, secret, keyHeader: header }, context) => {
    const say = (path: string, message: string) =>
      context.addIssue({ code: 'custom', message, path: [path] });
    if (auth && !secret) say('secret', "is missing: 'auth' needs the name of a secret");
    if (!auth && secret) say('auth', `is missing: say how the secret is sent, one of ${AUTHS.join(', ')}`);
    if (header && auth !== 'header') say('keyHeader', "belongs to 'auth: header' alone");
  });
