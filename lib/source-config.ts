import * as z from 'zod';
import { authFields, faultsInAuth, outsideUrl, UNUSED_SECRET } from './auth-config.ts';
import { positive } from './endpoint-config.ts';

/* Of the configuration: outside systems that are read. */

const path = z
  .string()
  .regex(/^\/(?!\/)[^\s\\?#]{0,499}$/, 'must be a path such as "/search", without its query');

export const source = z
  .strictObject({
    /** Requests go below it. It must be public: names and addresses of private networks are refused when it is called. */
    url: outsideUrl,
    ...authFields,
    /** Secrets Manager name of what 'auth' needs; the stack creates it, a person fills it. */
    secret: z.string().startsWith('signalbox/').optional(),
    /** Paths below `url` at which a POST only reads, such as `/search`. Everything else is asked by GET. */
    readsByPost: z.array(path).max(20).default([]),
    timeoutSeconds: positive.max(30).default(10),
    /** A longer answer is a fault: ask for less at a time. */
    mostBytes: z.int().min(1000).max(4_000_000).default(1_000_000),
    /** Calls that it takes in a minute, from all automations together. @default not paced */
    requestsPerMinute: positive.optional(),
  })
  .superRefine((given, context) => {
    const { auth, secret } = given;
    const unused = !auth && secret ? [{ path: 'auth', message: UNUSED_SECRET }] : [];
    for (const { path: at, message } of [...faultsInAuth(given), ...unused])
      context.addIssue({ code: 'custom', message, path: [at] });
  });
