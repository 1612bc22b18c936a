import { createHash, createHmac, randomBytes } from 'node:crypto';

export function sha256(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Fingerprint of a value's JSON, whatever the order of its keys: a date counts as its text. */
export function digest(value: unknown): string {
  return sha256(canonicalJson(asJson(value)));
}

/** Of content, so that nobody can try guesses on it who has not the salt. */
export function saltedDigest(salt: string, value: unknown): string {
  return createHmac('sha256', salt)
    .update(canonicalJson(asJson(value)))
    .digest('hex');
}

/** A value as it comes out of JSON again: the same for whoever sends it, keeps it or hashes it. */
export function asJson(value: unknown): unknown {
  const json = JSON.stringify(value) as string | undefined;
  return json === undefined ? null : JSON.parse(json);
}

/**
 * The one text of a JSON value (RFC 8785): keys in the order of their UTF-16 units, numbers and strings as ECMAScript writes them. Of a
 * half of a surrogate pair, which the RFC refuses, it writes the escape: strangers' words must not end a function.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`;
}

/** `Ann Lee <ann@example.com>`, as mail programs write an address. */
const NAMED = /<([^<>@]{1,64}@[^<>@]{1,255})>$/;

/** Whose an e-mail address is: `ann+shop@example.com` and `Ann <ann@example.com>` belong to `ann@example.com`. Dots count. */
export function mailboxOf(email: string): string {
  const written = email.trim();
  const address = (NAMED.exec(written)?.[1] ?? written).trim().toLowerCase();
  const at = address.lastIndexOf('@');
  // What begins with the sign is an address of its own.
  const tag = address.indexOf('+', 1);
  return tag > 0 && tag < at ? address.slice(0, tag) + address.slice(at) : address;
}

/** A person as far as they must be compared, without their address. */
export function personHash(email: string): string {
  return sha256(mailboxOf(email));
}

/** How many different people these addresses are read by. */
export function peopleOf(emails: readonly string[]): number {
  return new Set(emails.map(mailboxOf)).size;
}

/** An address as a key: each, also with a tag, is one of its own. */
export function addressHash(email: string): string {
  return sha256(email.trim().toLowerCase());
}

/** 256 random bits: a link that is kept only as its hash. */
export function newLinkToken(): string {
  return randomBytes(32).toString('base64url');
}
