import type { Automation } from '../../contract/automation.ts';
import type { EnvFor } from '../../contract/env.ts';
import type { Raw } from '../../contract/intake/repair.ts';
import { subjectHashes } from './subjects.ts';

/** An e-mail address, wherever it stands. Both parts are bounded: a long text is looked through once. */
const ADDRESS = /[^\s"'<>,;:()[\]{}\\@]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?/gi;

/** What is known of an arrival, as `accept` takes it. */
interface Known {
  content: { body: unknown; mended?: { original: Raw } } | { raw: Raw };
  subjects?: readonly string[];
}

/**
 * Whom an arrival is about: who its automation and its door say, and its requester. Of what does not fit the schema, no code of the
 * automation can tell: then every address that stands in it.
 */
export function subjectsOf(
  automation: Pick<Automation, 'subjects' | 'requester'>,
  { content, subjects = [] }: Known,
): string[] {
  if ('raw' in content) return [...subjects, ...addressesIn(content.raw)];
  const requester = automation.requester?.(content.body);
  const own = automation.subjects?.(content.body) ?? [];
  // What a repair left out is kept beside the body, too.
  const left = content.mended ? addressesIn(content.mended.original) : [];
  return [...subjects, ...(requester ? [requester] : []), ...own, ...left];
}

function addressesIn({ text, encoding, made = '' }: Raw): string[] {
  const read = encoding === 'base64' ? Buffer.from(text, 'base64').toString('latin1') : text;
  // Of UTF-16 every other byte is nothing.
  return [...read.replaceAll('\0', '').matchAll(ADDRESS), ...made.matchAll(ADDRESS)].map(
    ([address]) => address,
  );
}

/** Keyed hashes of the subjects of an arrival. */
export function hashesOf(
  automation: Automation,
  arrival: Known,
  env: Pick<EnvFor<'intake/intake'>, 'SUBJECT_SECRET'>,
): Promise<string[]> {
  return subjectHashes(env.SUBJECT_SECRET, subjectsOf(automation, arrival));
}
