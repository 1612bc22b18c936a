import type { Door } from './door.ts';

/*
 * Calls of senders that cannot set a bearer token: their signature says whose they are. What they sign with is in the secret
 * `signalbox/<environment>/webhooks/<automation>`, one for all webhooks of an automation.
 */

export interface WebhookDoor<Body = unknown> extends Door {
  scheme: WebhookScheme;
  /** How far the sender's clock, and the way here, may be off: a signed time beyond it is a recording. @default 300 */
  windowSeconds?: number;
  /** Signed calls a second in the long run, and how many may come at once; above it the answer is 429, and nothing is kept. @default MOST_CALLS */
  rate?: CallRate;
  /** Which calls are items; the others are answered, and nothing is kept of them. @default all */
  takes?(call: WebhookCall): boolean;
  body(call: WebhookCall): Body;
}

export interface CallRate {
  perSecond: number;
  burst: number;
}

/** Half of what the API takes by default: no sender leaves the clients without room. */
export const MOST_CALLS: CallRate = { perSecond: 50, burst: 100 };

export type WebhookScheme = NamedScheme | HmacScheme;

/**
 * - `stripe`: `Stripe-Signature`, known by the event's `id`
 * - `github`: `X-Hub-Signature-256`, known by its bytes; neither a time nor an id is signed
 * - `slack`: `X-Slack-Signature`, known by `event_id`; its `url_verification` is answered
 * - `standard`: Standard Webhooks, known by `webhook-id`
 */
export interface NamedScheme {
  kind: 'stripe' | 'github' | 'slack' | 'standard';
}

/** HMAC-SHA256 over the bytes of the body. Headers are named in lower case. */
export interface HmacScheme {
  kind: 'hmac';
  /** It carries the signature. */
  header: string;
  encoding: 'hex' | 'base64';
  /** What stands before the signature: `sha256=`. @default nothing */
  prefix?: string;
  /** It carries Unix seconds; then `<time>.<body>` is signed. @default no time is signed, and a recording is never too old */
  timestampHeader?: string;
  /** A field at the top of a JSON body that is the sender's own id of the call. @default the bytes of the body */
  idField?: string;
}

/** A call whose signature is good. */
export interface WebhookCall {
  /** Of JSON the value, whatever its Content-Type; of a form its `payload` as JSON, or its fields. Undefined where it is neither. */
  payload: unknown;
  /** As it came; empty where it is no UTF-8. */
  text: string;
  /** By lower-case name, without signatures and credentials. Few senders sign them: use none that decides. */
  headers: Readonly<Record<string, string | undefined>>;
}

/** What a person fills the secret with, by the webhook's name. Several are good while one takes the place of another. */
export type WebhookSecrets = Readonly<Record<string, readonly string[] | undefined>>;

/** The configured name of the secret. */
export function webhookSecret(automation: string): string {
  return `signalbox/webhooks/${automation}`;
}

/** Which webhooks a secret is of, in the template: `npm start` fills it. */
export const WEBHOOKS_METADATA = 'signalbox:webhooks';

/** And of a webhook's own, in an earlier version: `{"secrets": ["…"]}`. */
export function earlierWebhookSecret(automation: string, name: string): string {
  return `${webhookSecret(automation)}/${name}`;
}
