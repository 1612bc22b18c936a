import { isUtf8 } from 'node:buffer';
import type { Automation } from '../../contract/automation.ts';
import type { Raw, RepairPolicy } from '../../contract/intake/repair.ts';
import { type ApiEvent, Problem } from '../../kit/http.ts';
import { plain } from '../../kit/repair/node.ts';
import { shaped, type Understood, understood } from '../../kit/repair/repair.ts';
import { type Sent, sentBytes } from '../../kit/request-body.ts';
import type { Arrival } from '../accept.ts';
import { readItem, readRefs } from '../documents.ts';

/** The content of a posted item, and the documents that it names. */
interface Taken {
  content: Arrival['content'];
  refs: readonly string[];
}

/**
 * What was posted. Where the automation repairs, a body that does not fit is repaired by code, or kept as it came for `process`.
 * @throws Problem 400 where it does not repair, or the documents cannot be used; 413
 */
export function takenIn(event: ApiEvent, automation: Automation): Taken {
  try {
    const { body, refs } = readItem(event, automation);
    return { content: { body }, refs };
  } catch (error) {
    const { repair } = automation;
    if (!repair || !(error instanceof Problem) || error.status !== 400) throw error;
    return mended(sentBytes(event), automation, repair);
  }
}

function mended(sent: Sent, { schema, documents }: Automation, policy: RepairPolicy): Taken {
  const original = rawOf(sent);
  const { it, given } = withoutDocuments(understood(sent), documents !== undefined);
  const refs = documents && given !== undefined ? readRefs(documents, given) : [];
  const found = 'reason' in it ? it : shaped(it, schema, policy);
  if ('reason' in found) return { content: { raw: original }, refs };
  const { body, repairs, facts } = found;
  return { content: { body, mended: { original, repairs, facts } }, refs };
}

/** The references are the house's own, beside the automation's fields. */
function withoutDocuments(it: Understood, takesSome: boolean): { it: Understood; given?: unknown } {
  if ('reason' in it || !takesSome || it.node.kind !== 'object') return { it };
  const { documents: given, ...rest } = Object.fromEntries(it.node.members);
  if (!given) return { it };
  const node = { kind: 'object', members: new Map(Object.entries(rest)) } as const;
  return { it: { ...it, node }, given: plain(given) };
}

function rawOf({ bytes, charset, damaged }: Sent): Raw {
  const encoding = isUtf8(bytes) ? 'utf8' : 'base64';
  return {
    ...{ text: bytes.toString(encoding), encoding },
    ...(charset === undefined ? {} : { charset }),
    ...(damaged ? { damaged } : {}),
  };
}
