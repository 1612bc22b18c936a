import type { HmacScheme, NamedScheme, WebhookScheme } from '../../../contract/intake/webhooks.ts';

/* How senders sign: what is signed, which signatures came with it, when, and by what the call is known. */

export type HeadersOf = Readonly<Record<string, string | undefined>>;

/** A call as a scheme sees it. */
export interface Claimed {
  /** What was signed, piece after piece: text, and the bytes of the body. */
  signed: (string | Uint8Array)[];
  /** Any of them may be good: a sender that changes its secret signs with both. */
  signatures: string[];
  encoding: 'hex' | 'base64';
  /** Unix seconds, of a scheme that signs a time. NaN where it is none. */
  at?: number;
}

/** By what the sender knows the call: a part of what it signs, or undefined. */
export type IdOf = (headers: HeadersOf, payload: unknown) => unknown;

interface Scheme {
  claimed(headers: HeadersOf, body: Uint8Array): Claimed;
  id: IdOf;
  /** Secrets are texts of which these bytes are the key. @default as they stand */
  key?(secret: string): Uint8Array;
}

/** More signatures than any sender makes are not looked at. */
const MOST_SIGNATURES = 10;

const SCHEMES: Readonly<Record<NamedScheme['kind'], Scheme>> = {
  stripe: {
    claimed(headers, body) {
      const parts = listed(headers['stripe-signature'], ',').map((part) => part.trim().split('=', 2));
      const of = (name: string) => parts.flatMap(([key, value = '']) => (key === name ? [value] : []));
      const [time = ''] = of('t');
      return { signed: [`${time}.`, body], signatures: of('v1'), encoding: 'hex', at: secondsOf(time) };
    },
    // Other objects of Stripe have an id as well, and the same one in every call about them.
    id: (_, payload) => {
      const id = fieldOf(payload, 'id');
      return typeof id === 'string' && id.startsWith('evt_') ? id : undefined;
    },
  },
  github: {
    claimed: (headers, body) => ({
      signed: [body],
      signatures: behind('sha256=', headers['x-hub-signature-256']),
      encoding: 'hex',
    }),
    // Its `X-GitHub-Delivery` is not signed: whoever has a call could send it again under any other.
    id: () => undefined,
  },
  slack: {
    claimed(headers, body) {
      const time = headers['x-slack-request-timestamp'] ?? '';
      const signatures = behind('v0=', headers['x-slack-signature']);
      return { signed: [`v0:${time}:`, body], signatures, encoding: 'hex', at: secondsOf(time) };
    },
    id: (_, payload) => fieldOf(payload, 'event_id'),
  },
  standard: {
    claimed(headers, body) {
      const { 'webhook-id': id = '', 'webhook-timestamp': time = '' } = headers;
      const signatures = listed(headers['webhook-signature'], ' ').flatMap((one) => behind('v1,', one));
      return { signed: [`${id}.${time}.`, body], signatures, encoding: 'base64', at: secondsOf(time) };
    },
    id: (headers) => headers['webhook-id'],
    key: (secret) => Buffer.from(secret.replace(/^whsec_/, ''), 'base64'),
  },
};

export function schemeOf(scheme: WebhookScheme): Scheme {
  return scheme.kind === 'hmac' ? hmac(scheme) : SCHEMES[scheme.kind];
}

function hmac({ header, encoding, prefix = '', timestampHeader, idField }: HmacScheme): Scheme {
  return {
    claimed(headers, body) {
      const signatures = behind(prefix, headers[header]);
      if (timestampHeader === undefined) return { signed: [body], signatures, encoding };
      const time = headers[timestampHeader] ?? '';
      return { signed: [`${time}.`, body], signatures, encoding, at: secondsOf(time) };
    },
    id: (_, payload) => (idField === undefined ? undefined : fieldOf(payload, idField)),
  };
}

/** The headers that hold what a scheme signs with: no business of whoever makes a body of the call. */
export function isCredential(scheme: WebhookScheme, header: string): boolean {
  const own = scheme.kind === 'hmac' ? scheme.header : '';
  return header === own || /signature|^(?:authorization|cookie|proxy-authorization)$/.test(header);
}

function listed(header: string | undefined, sign: string): string[] {
  return (header ?? '').split(sign, MOST_SIGNATURES + 1).slice(0, MOST_SIGNATURES);
}

function behind(prefix: string, header: string | undefined): string[] {
  return header?.startsWith(prefix) && header.length > prefix.length ? [header.slice(prefix.length)] : [];
}

function secondsOf(text: string): number {
  return /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
}

function fieldOf(payload: unknown, field: string): unknown {
  return typeof payload === 'object' && payload !== null && Object.hasOwn(payload, field)
    ? (payload as Record<string, unknown>)[field]
    : undefined;
}
