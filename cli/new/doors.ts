import { quoted } from './text.ts';

/* The doors that a new automation may begin with: each takes what its schema takes, and is to be fitted to who sends it. */

/** Beside the API. A schedule names its source: `schedule:old-crm`. */
export const DOORS = ['mail', 'drop', 'event', 'webhook', 'schedule'] as const;

/** Nothing beside the API. */
export const API_ALONE = 'api';

export function doorsIn(text: string): string[] {
  return text
    .split(',')
    .map((door) => door.trim())
    .filter((door) => door !== '' && door !== API_ALONE);
}

/** What is wrong with a list of doors. @param sources those of the configuration */
export function faultInDoors(text: string, sources: readonly string[]): string | undefined {
  const doors = doorsIn(text);
  for (const door of doors) {
    const [kind = '', source] = door.split(':', 2);
    if (!DOORS.some((it) => it === kind) || (source !== undefined && kind !== 'schedule'))
      return `must name doors among ${DOORS.join(', ')}, or ${API_ALONE} alone, got '${door}'`;
    if (kind === 'schedule' && !sources.includes(source ?? ''))
      return `must name a schedule's source, as in schedule:old-crm; there is ${sources.join(', ') || 'none'}: add it to 'sources' of signalbox.config.ts first`;
  }
  const kinds = doors.map((door) => door.split(':')[0]);
  return new Set(kinds).size < kinds.length ? 'must name each door once' : undefined;
}

/** What starts it, in words, door by door. */
export function triggersOf(doors: readonly string[]): string[] {
  const words: Record<string, string> = {
    mail: 'mail to its address',
    drop: 'a data file in the drop bucket',
    event: 'an event on the event bus',
    webhook: 'a signed call of the sender',
    schedule: 'a record in the source that it polls',
  };
  return doors.map((door) => words[door.split(':')[0] ?? ''] ?? door);
}

const takesMail = (doors: readonly string[]) => doors.includes('mail');

/** What of a body is read, in its schema. A mail may have HTML alone. */
export function textFields(doors: readonly string[]): string {
  const text = "z.string().check(z.minLength(1, 'must not be empty'), z.maxLength(100_000))";
  if (!takesMail(doors)) return `  text: ${text},\n`;
  return `  subject: z.optional(z.string().check(z.maxLength(500))),
  text: z.optional(${text}),
  html: z.optional(z.string().check(z.maxLength(200_000))),
`;
}

/** The same, for the stage that reads. */
export function contentField(doors: readonly string[]): string {
  const parts = takesMail(doors) ? 'subject, text, html' : 'text';
  return `  content: ({ ${parts} }) => ({ ${parts} }),\n`;
}

/** The field `doors` of a declaration; nothing where there are none. `schema` is that of its body. */
export function doorsField(name: string, doors: readonly string[]): string {
  if (doors.length === 0) return '';
  return `  doors: {\n${doors.map((door) => SOURCE[door.split(':')[0] ?? '']?.(name, door.split(':')[1] ?? '')).join('')}  },\n`;
}

const SOURCE: Record<string, (name: string, source: string) => string> = {
  mail: () => `    mail: {
      // What the sender calls it may stand in the mail, such as 'A-1234'.
      body: ({ subject, text, html, from }) => ({
        reference: /\\b[A-Z]{1,3}-\\d{1,10}\\b/.exec(\`\${subject}\\n\${text ?? ''}\`)?.[0] ?? 'mail',
        ...(from ? { from } : {}),
        subject: cutText(subject, 500),
        ...(text?.trim() ? { text } : html ? { html } : {}),
      }),
    },
`,
  // A file holds a body of its schema, or one in each line.
  drop: () => '    drop: {},\n',
  event: (name) => `    events: {
      requests: {
        ...{ source: ${quoted(name)}, detailType: 'Request' },
        body: ({ detail }) => schema.parse(detail),
      },
    },
`,
  webhook: () => `    webhooks: {
      sender: { scheme: { kind: 'standard' }, body: ({ payload }) => schema.parse(payload) },
    },
`,
  schedule: (_, source) => `    schedules: {
      requests: {
        ...{ source: ${quoted(source)}, every: 'rate(5 minutes)' },
        request: (cursor) => ({ path: '/requests', query: { after: cursor } }),
        // What is no list of records is no answer: it is asked for again.
        records(answer) {
          const row = z.looseObject({ id: z.coerce.string() });
          const { records } = z.object({ records: z.array(row) }).parse(answer);
          return { records: records.map((record) => ({ id: record.id, record })), next: records.at(-1)?.id };
        },
        body(record) {
          const { id, from, text } = record as Record<string, string>;
          return schema.parse({ reference: id, ...(from ? { from } : {}), text });
        },
      },
    },
`,
};
