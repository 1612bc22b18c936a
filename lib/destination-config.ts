import * as z from 'zod';
import { authFields, faultsInAuth, outsideUrl, UNUSED_SECRET } from './auth-config.ts';
import { HTTP, name, positive } from './endpoint-config.ts';

/* Of the configuration: outside systems that actions are sent to. */

/** What all of them have. */
const common = {
  /** Calls that it takes in a minute, from all automations together. @default not paced */
  requestsPerMinute: positive.optional(),
};

const internal = {
  /**
   * True where only our own people read what it gets, and as a stranger's words: a ticket system, never a customer's mailbox. Actions may
   * hand the item's own text over there. @default others may read it
   */
  internal: z.boolean().optional(),
};

/** It takes the signed call of Signalbox. */
const http = z.strictObject({
  connector: z.literal('http').default('http'),
  url: z.url(HTTP),
  /** Secrets Manager name of `{"signingKey": "…"}`, the key of `Signalbox-Signature`; the stack makes its value. */
  secret: z.string().startsWith('signalbox/'),
  /** True when the destination refuses or ignores a second call with the same `Idempotency-Key`. */
  idempotent: z.boolean(),
  ...internal,
  ...common,
});

/** It has an API of its own, which the code of each action speaks: docs/connectors.md. */
const request = z
  .strictObject({
    connector: z.literal('request'),
    /** Requests go below it. It must be public: names and addresses of private networks are refused when it is called. */
    url: outsideUrl,
    ...authFields,
    /** Secrets Manager name of what 'auth' needs; the stack creates it, a person fills it. */
    secret: z.string().startsWith('signalbox/').optional(),
    /** Of the request with its token, and of the question whether it was done. @default 8 */
    timeoutSeconds: positive.max(10).default(8),
    ...internal,
    ...common,
  })
  .superRefine((given, context) => {
    const { auth, secret } = given;
    const unused = !auth && secret ? [{ path: 'auth', message: UNUSED_SECRET }] : [];
    for (const { path: at, message } of [...faultsInAuth(given), ...unused])
      context.addIssue({ code: 'custom', message, path: [at] });
  });

/** A mail by SES. A call without an answer is a person's: SES knows no key, and would send twice. */
const email = z.strictObject({
  connector: z.literal('email'),
  /** Mails come from this address alone; verify it in SES first. */
  from: z.email(),
  /** Where answers go. @default `from` */
  replyTo: z.email().optional(),
  ...common,
});

/** A message in a channel of Slack. */
const slack = z.strictObject({
  connector: z.literal('slack'),
  /** Of the channel that the bot has been invited to. */
  channel: z
    .string()
    .regex(/^[CG][A-Z0-9]{2,20}$/, 'must be the id of a channel such as "C02ABCDEF", not its name'),
  /**
   * Secrets Manager name of `{"botToken": "xoxb-…"}`; the stack creates it, a person fills it. Not the secret of the approvals, with
   * which one could sign decisions.
   */
  secret: z.string().startsWith('signalbox/'),
  apiUrl: z.url(HTTP).default('https://slack.com/api'),
  ...common,
});

/** An item of an automation of this environment, linked with the one that asks for it. Of several, each action says which. */
const forward = z.strictObject({
  connector: z.literal('forward'),
  automation: z.union([name, z.array(name).min(1).max(10)]),
  ...common,
});

/** The automations that a destination leads to. */
export function forwardsTo(to: { connector: string } | undefined): readonly string[] {
  return to?.connector === 'forward' ? [(to as z.output<typeof forward>).automation].flat() : [];
}

/** An event on a bus of EventBridge, at least once. */
const event = z.strictObject({
  connector: z.literal('event'),
  /** Name of the bus; `signalbox`: the house's own, of the same environment. */
  bus: z
    .string()
    .regex(/^[\w.-]{1,256}$/, 'must be the name of an event bus')
    .default('signalbox'),
  /** What readers of the bus know our events by. */
  source: z
    .string()
    .regex(
      /^(?!aws\.|signalbox$)[\w.-]{1,200}$/,
      'must be a name such as "shop.orders", not "signalbox" or "aws.…"',
    ),
  ...common,
});

/** `connector` says how an action gets there. @default http */
export const destination = z.discriminatedUnion('connector', [http, request, email, slack, forward, event]);
