import { agentsField } from './agent.ts';
import { contentField, doorsField, textFields, triggersOf } from './doors.ts';
import { collectionsField } from './knowledge.ts';
import { lookupsField } from './lookup.ts';
import { AUTOMATIC_TEXT, importing, OTHER_TEXT, quoted, sentenceCase, textAbout, typeName } from './text.ts';
import { HAND_OVER, type Wanted } from './wanted.ts';

/** What a new automation may do without a person: nothing beyond routine. */
export const actsAlone = ({ risk }: Wanted) => risk === 'routine';

/** `automation.ts`: the declaration, without any thinking. */
export function declaration(wanted: Wanted, today: string): string {
  const { name, owner, purpose, labels, action, destination, risk, group, escalateTo, doors } = wanted;
  const Body = typeName(name);
  const [first = 'other'] = labels;
  return `import * as z from 'zod/mini';
${importing('{ defineAutomation }', 'automation')}
${importing('type { Routed }', 'envelope')}
${importing('type { Proposal }', 'proposal')}
${importing('{ field, label, words }', 'parameters')}
${importing('{ cutText }', 'text')}
${wanted.source === undefined ? '' : `${importing('{ known }', 'ownLookups')}\n`}
const schema = z.strictObject({
  /** What the sender calls it. */
  reference: z
    .string()
    .check(z.regex(/^[A-Za-z0-9-]{1,40}$/, 'must be at most 40 letters, digits and "-"')),
  /** Who wrote it. */
  from: z.optional(z.email({ error: 'must be an e-mail address' }).check(z.maxLength(254))),
${textFields(doors)}});

export type ${Body} = z.output<typeof schema>;

export const automation = defineAutomation<${Body}>({
  name: '${name}',
  owner: ${quoted(owner)},
  purpose: ${quoted(purpose)},
  triggers: [${['POST by the system that the work comes from', ...triggersOf(doors)].map(quoted).join(', ')}],
  data: ['reference, sender and text of the request; the text goes to the model endpoint'],
  failureModes: [
    'the model cannot tell whether the request fits: a person decides',
    'the destination is down: the action is tried again with the same key, then parked',
  ],
  lastReviewed: '${today}',
  reviewEveryDays: 90,
  schema,
  examples: [
    {
      name: ${quoted(`a request: ${first}`)},
      expect: '${actsAlone(wanted) ? 'act' : 'ask'}',
      body: { reference: 'A-1', from: 'mia@example.com', text: ${quoted(textAbout(first))} },
    },
    {
      name: 'a request of another kind',
      expect: 'ask',
      body: { reference: 'A-2', text: ${quoted(OTHER_TEXT)} },
    },
    {
      name: 'an automatic reply',
      expect: 'refuse',
      body: { reference: 'A-3', text: ${quoted(AUTOMATIC_TEXT)} },
    },
  ],
${contentField(doors)}${doorsField(name, doors)}  subjects: ({ from }) => (from ? [from] : []),
  labels: [${[...labels, 'other'].map(quoted).join(', ')}],
  actions: {
    '${action}': {
      destination: '${destination}',
      risk: '${risk}',
      reversible: false,
      parameters: { reference: field('reference'), label: label() },
      describe: ({ reference, label }) => \`${sentenceCase(action)} for \${reference} (\${label})\`,
${actsAlone(wanted) ? '      limits: { perDay: { count: 100 } },\n' : ''}    },
    '${HAND_OVER}': {
      destination: '${destination}',
      risk: 'routine',
      reversible: true,
      parameters: { reference: field('reference'), note: words() },
      describe: ({ reference }) => \`Give the request \${reference} to a person\`,
    },
  },
  prompts: { route: 'route.v1', check: 'check.v1'${wanted.agent ? `, ${wanted.agent}: '${wanted.agent}.v1'` : ''} },
${lookupsField(wanted)}${collectionsField(wanted)}${agentsField(wanted)}  gate(item) {
    if (item.automatic) return { verdict: 'refuse', reasons: ['a machine wrote this message'] };
    const { action, reason = 'a person is needed' } = item.proposal;
    if (action !== '${action}') return { verdict: 'ask', reasons: [reason] };
    return ${
      actsAlone(wanted)
        ? "{ verdict: 'act', reasons: ['the request fits its label'] }"
        : "{ verdict: 'ask', reasons: ['a person decides about every one'] }"
    };
  },
  handOver,
  approval: {
    group: '${group}',
    escalateTo: '${escalateTo}',
    timeoutMinutes: 8 * 60,
    escalationMinutes: 16 * 60,
  },
  budget: { perDayUsd: 2, perItemUsd: ${wanted.agent === undefined ? '0.1' : '0.2'} },
  maxConcurrency: 20,
});

/** To a person, with the reason; what happens when the label is \`other\` or the model gave no usable answer. */
export function handOver(item: Routed<${Body}>, reason: string): Proposal {
  return {
    action: '${HAND_OVER}',
    parameters: { reference: item.body.reference, note: reason },
    confidence: null,
    brief: reason,
    reason,
    evidence: [{ source: 'the request', quote: cutText(item.text, 600) }],
  };
}
`;
}
