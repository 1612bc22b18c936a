import { createHmac } from 'node:crypto';
import { clock } from '../../kit/clock.ts';
import { mailboxOf } from '../../kit/digest.ts';
import { is, page, put, removeSorted } from '../../kit/dynamo/rows.ts';
import { SystemError } from '../../kit/errors.ts';
import { readSecret } from '../../kit/secrets.ts';
import { subjectKey } from '../keys.ts';

/*
 * Which items are about whom: an e-mail address, a phone number or a customer's id, as a keyed hash (ADR 0061). Who reads the table and
 * has not the key cannot try addresses on it.
 */

/** Longer is no name of anybody. */
export const MOST_SUBJECT = 320;
/** Of one item. */
const MOST_SUBJECTS = 50;

/** Twice the marks of a phone number, so that a sentence with digits is none. */
const PHONE = /^\+?[\d\s().\-/]{5,40}$/;

/**
 * One spelling of a subject: an address without its tag and in lower case, a phone number without blanks and with `+` for `00`,
 * anything else in lower case with single blanks. Undefined for what names nobody.
 */
export function plainSubject(text: string): string | undefined {
  const plain = text.normalize('NFKC').trim().toLowerCase().replaceAll(/\s+/g, ' ');
  if (plain === '' || plain.length > MOST_SUBJECT) return undefined;
  if (plain.includes('@')) return mailboxOf(plain);
  if (!PHONE.test(plain)) return plain;
  // "+49 (0)170": the zero is for callers at home.
  const digits = plain.replace(/^(\+|00)(.*?)\(0\)/, '$1$2').replaceAll(/[^\d+]/g, '');
  return digits.replace(/^00(?=\d{6})/, '+');
}

/** Hashes of subjects, each once. @throws SystemError if the secret holds no key */
export async function subjectHashes(secretId: string, subjects: readonly string[]): Promise<string[]> {
  const plain = new Set(subjects.map(plainSubject).filter((it) => it !== undefined));
  if (plain.size === 0) return [];
  const hash = await hasher(secretId);
  return [...plain].slice(0, MOST_SUBJECTS).map((text) => hash(`subject|${text}`));
}

/** What a body is known by when it comes again, long after it is erased: nobody can try guesses on it. @throws as `subjectHashes` */
export async function bodyHashOf(secretId: string, digest: string): Promise<string> {
  return (await hasher(secretId))(`body|${digest}`);
}

async function hasher(secretId: string): Promise<(text: string) => string> {
  const { key } = await readSecret<{ key?: string }>(secretId);
  if (!key) throw new SystemError("the secret of the subjects holds no 'key': deploy the platform again");
  return (text) => createHmac('sha256', key).update(text).digest('hex');
}

/** One subject of one item, for as long as the item is kept. */
interface SubjectRow {
  /** Partition key: the automation and the keyed hash. */
  id: string;
  /** Sort key. */
  item: string;
  /** When it was written, in milliseconds since 1970; absent in what earlier versions wrote. */
  at?: number;
  expiresAt: number;
}

/** An item about somebody, and since when that is known. */
export type About = Pick<SubjectRow, 'item' | 'at'>;

/** Before the item is there: what nobody is about is found by nobody, and expires. May be repeated. */
export async function putSubjects(
  table: string,
  hashes: readonly string[],
  { id: item, automation, expiresAt }: { id: string; automation: string; expiresAt: number },
): Promise<void> {
  await Promise.all(
    hashes.map((hash) =>
      put<SubjectRow>(table, { id: subjectKey(automation, hash), item, at: clock.now(), expiresAt }),
    ),
  );
}

/** Items about somebody after a place, in the order of their ids; `more` where these are not all. */
export async function itemsAbout(
  table: string,
  automation: string,
  hash: string,
  { after, most }: { after: string | undefined; most: number },
): Promise<{ items: About[]; more: boolean }> {
  const id = subjectKey(automation, hash);
  const { rows, last } = await page<SubjectRow>(table, {
    key: is('id', id),
    fields: ['item', 'at'],
    limit: most,
    after: after === undefined ? undefined : { id, item: after },
  });
  return { items: rows, more: last !== undefined };
}

/** The item is about them no longer. */
export function forgetSubject(table: string, automation: string, hash: string, item: string): Promise<void> {
  return removeSorted(table, { id: subjectKey(automation, hash), item });
}
