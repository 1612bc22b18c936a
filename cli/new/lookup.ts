import { importing, quoted } from './text.ts';
import type { Wanted } from './wanted.ts';

/* What a new automation asks a source about the reference of a request. */

/** It asks nobody. */
export const NO_LOOKUP = 'none';

/** `lookups.ts`; undefined where nothing is asked. */
export function lookups({ source }: Wanted): string | undefined {
  if (source === undefined) return undefined;
  return `import * as z from 'zod/mini';
${importing('{ defineLookup }', 'lookup')}

/** What '${source}' says of a reference. Fit the path and the fields to it: name those that you need, and no others. */
export const known = defineLookup({
  name: 'known',
  source: '${source}',
  description: 'What is known of the request with this reference.',
  input: z.object({ reference: z.string().check(z.regex(/^[A-Za-z0-9-]{1,40}$/)) }),
  request: ({ reference }) => ({ path: \`/requests/\${reference}\` }),
  answer: z.object({
    reference: z.string().check(z.maxLength(40)),
    status: z.string().check(z.maxLength(40)),
  }),
  matches: (answer, { reference }) => answer.reference === reference,
});
`;
}

/** Of the declaration. */
export const lookupsField = ({ source }: Wanted): string =>
  source === undefined ? '' : '  lookups: { known },\n';

const MAIL_WITHOUT = `    if (item.body.reference === 'mail') return handOver(item, 'the mail names no reference');
`;

/** Of the thinking: before a model is paid. */
export const asking = ({ source, doors }: Wanted): string =>
  source === undefined
    ? ''
    : `${doors.includes('mail') ? MAIL_WITHOUT : ''}    const facts = await step.lookup(known, { reference: item.body.reference });
    if (!facts) return handOver(item, 'nobody knows the reference');
`;

export function evidence({ source, collection }: Wanted): string {
  return [
    "[{ source: 'the request', quote: cutText(item.text, 600) }",
    ...(source === undefined ? [] : [", evidenceOf(known, facts, ['status'])"]),
    ...(collection === undefined ? [] : [', ...passages.map(cited)']),
    ']',
  ].join('');
}

/** Of `sandbox.ts`: a system that knows every reference. */
export const sandboxSource = ({ source }: Wanted): string =>
  source === undefined
    ? ''
    : `  sources: {
    ${/^[a-z]+$/.test(source) ? source : quoted(source)}: (path) => {
      const [folder, reference] = path.split('/');
      return folder === 'requests' ? { reference, status: 'open' } : undefined;
    },
  },
`;
