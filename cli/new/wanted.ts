import { RISKS } from '../../lambdas/contract/item/status.ts';
import type { ResolvedConfig } from '../../lib/config.ts';
import { UsageError } from '../errors.ts';
import type { Terminal } from '../terminal.ts';
import { faultInAgent, NO_AGENT } from './agent.ts';
import { API_ALONE, DOORS, doorsIn, faultInDoors } from './doors.ts';
import { faultInCollection, NO_KNOWLEDGE } from './knowledge.ts';
import { NO_LOOKUP } from './lookup.ts';

/** What a new automation is to be. */
export interface Wanted {
  name: string;
  owner: string;
  purpose: string;
  /** Without `other`, which every automation has. */
  labels: readonly string[];
  action: string;
  destination: string;
  risk: (typeof RISKS)[number];
  group: string;
  escalateTo: string;
  /** Of the configuration: it is asked about the reference of each request. @default nobody is asked */
  source?: string;
  /** Documents of its own folder that it searches. @default none */
  collection?: string;
  /** The step of a model that looks things up by itself. @default there is none */
  agent?: string;
  /** By which work comes in, beside the API: `mail`, `schedule:old-crm` … */
  doors: readonly string[];
}

/** The action by which every new automation hands over to a person. */
export const HAND_OVER = 'hand-over';

/** Why a name cannot be that of a new automation; undefined where it can. */
export function faultInName(name: string, taken: (name: string) => boolean): string | undefined {
  if (!/^[a-z][a-z0-9-]{0,29}$/.test(name) || /--|-$/.test(name))
    return `'${name}' cannot be a name: use lower-case words joined by "-", at most 30 characters, such as order-question`;
  if (name === 'platform') return "'platform' is the name of the platform's own stack: choose another";
  return taken(name) ? `automations/${name} exists: choose another name, or edit what is there` : undefined;
}

interface Field {
  option:
    | Exclude<keyof Wanted, 'name' | 'escalateTo' | 'source' | 'collection'>
    | ('escalate-to' | 'lookup' | 'knowledge');
  question: string;
  /** Those of the configuration, where nothing else can be meant. */
  choices?(config: ResolvedConfig): readonly string[];
  /** Where the choices are made longer. */
  where?: string;
  otherwise?: string;
  /** What is wrong with an answer. */
  fault?(text: string, given: ReadonlyMap<string, string>, config: ResolvedConfig): string | undefined;
}

const sentence = (text: string) =>
  text.trim().length < 6 ? 'must say it in at least 6 characters' : undefined;
const groups = ({ approverGroups }: ResolvedConfig) => Object.keys(approverGroups);

const FIELDS: readonly Field[] = [
  { option: 'owner', question: 'Which team answers for it?', fault: sentence },
  { option: 'purpose', question: 'What is it for, in one sentence?', fault: sentence },
  {
    option: 'labels',
    question: 'What kinds of work come in? Labels with commas between them',
    fault: faultInLabels,
  },
  {
    option: 'action',
    question: 'What may it do? The name of its action, such as book-demo',
    fault: (text) =>
      !/^[a-z][a-z0-9-]{0,39}$/.test(text)
        ? 'must be lower-case words joined by "-", at most 40 characters'
        : text === HAND_OVER
          ? `must not be '${HAND_OVER}': that is how it hands over to a person`
          : undefined,
  },
  {
    option: 'destination',
    question: 'Which system does it?',
    // What it writes speaks the signed call: another connector needs code of its own.
    choices: ({ destinations }) =>
      Object.entries(destinations).flatMap(([name, { connector }]) => (connector === 'http' ? [name] : [])),
    where: "'destinations' of signalbox.config.ts with the connector http",
  },
  {
    option: 'risk',
    question: 'How bad is it if it is wrong? routine may act alone, the others ask a person',
    choices: () => RISKS,
    otherwise: 'routine',
  },
  {
    option: 'group',
    question: 'Which approver group is asked?',
    choices: groups,
    where: "'approverGroups' of signalbox.config.ts",
  },
  {
    option: 'escalate-to',
    question: 'Which group is asked when nobody answers?',
    choices: groups,
    where: "'approverGroups' of signalbox.config.ts",
    fault: (text, given) =>
      text === given.get('group') ? `must be another group than '${text}', which is asked first` : undefined,
  },
  {
    option: 'lookup',
    question: 'Which system knows more about a request, by its reference?',
    choices: ({ sources }) => [NO_LOOKUP, ...Object.keys(sources)],
    where: "'sources' of signalbox.config.ts",
    otherwise: NO_LOOKUP,
  },
  {
    option: 'knowledge',
    question: 'Which documents of its folder does it search? The name of a collection, such as articles',
    otherwise: NO_KNOWLEDGE,
    fault: faultInCollection,
  },
  {
    option: 'agent',
    question: 'Does a model look things up by itself? The name of its step, such as investigate',
    otherwise: NO_AGENT,
    fault: (text, given) => faultInAgent(text, toolsIn(given)),
  },
  {
    option: 'doors',
    question: `How does work come in beside the API? ${DOORS.join(', ')}, with commas between them`,
    otherwise: API_ALONE,
    fault: (text, _, { sources }) => faultInDoors(text, Object.keys(sources)),
  },
];

/** What an agent could ask. */
function toolsIn(given: ReadonlyMap<string, string>) {
  const [lookup, knowledge] = [given.get('lookup'), given.get('knowledge')];
  return { lookup: lookup !== NO_LOOKUP, knowledge: knowledge === NO_KNOWLEDGE ? undefined : knowledge };
}

export const OPTIONS = FIELDS.map(({ option }) => option);

function labelsIn(text: string): string[] {
  return text
    .split(',')
    .map((label) => label.trim())
    .filter((label) => label !== '' && label !== 'other');
}

function faultInLabels(text: string): string | undefined {
  const labels = labelsIn(text);
  const odd = labels.find((label) => !/^[A-Za-z][A-Za-z0-9 -]{0,39}$/.test(label));
  if (labels.length === 0) return "must name at least one kind beside 'other', which is always there";
  if (odd !== undefined)
    return `must be letters, digits, blanks and "-", at most 40 characters each, got '${odd}'`;
  return new Set(labels.map((label) => label.toLowerCase())).size < labels.length
    ? 'must name each kind once'
    : undefined;
}

/**
 * Takes what was typed as options, and asks for the rest where somebody can answer.
 * @throws UsageError that names every option that is missing or wrong
 */
export async function wantedOf(
  name: string,
  typed: (option: string) => string | undefined,
  config: ResolvedConfig,
  { ask, out }: Pick<Terminal, 'ask' | 'out'>,
): Promise<Wanted> {
  const given = new Map<string, string>();
  const faults: string[] = [];
  for (const field of FIELDS) {
    const { option, otherwise, question } = field;
    const check = (text: string) => faultIn(field, text, config, given);
    let text = typed(option)?.trim();
    if (text === undefined && ask) {
      const choices = field.choices?.(config);
      const hint = `${choices ? ` (${choices.join(', ')})` : ''}${otherwise ? ` [${otherwise}]` : ''}`;
      for (;;) {
        text = (await ask(`${question}${hint} `)).trim() || otherwise || '';
        const fault = check(text);
        if (fault === undefined) break;
        out(`  it ${fault}`);
      }
    }
    text ??= otherwise;
    const fault = text === undefined ? `is missing: ${question.replace(/\?.*$/, '?')}` : check(text);
    if (fault !== undefined) faults.push(`--${option} ${fault}`);
    given.set(option, text ?? '');
  }
  if (faults.length > 0) throw new UsageError(faults.join('\n'));
  const value = (option: Field['option']) => given.get(option) ?? '';
  return {
    ...{ name, owner: value('owner'), purpose: value('purpose'), labels: labelsIn(value('labels')) },
    ...{ action: value('action'), destination: value('destination') },
    risk: RISKS.find((risk) => risk === value('risk')) ?? 'routine',
    ...{ group: value('group'), escalateTo: value('escalate-to'), doors: doorsIn(value('doors')) },
    ...(value('lookup') === NO_LOOKUP ? {} : { source: value('lookup') }),
    ...(value('knowledge') === NO_KNOWLEDGE ? {} : { collection: value('knowledge') }),
    ...(value('agent') === NO_AGENT ? {} : { agent: value('agent') }),
  };
}

function faultIn(
  { choices, where, fault }: Field,
  text: string,
  config: ResolvedConfig,
  given: ReadonlyMap<string, string>,
): string | undefined {
  const known = choices?.(config);
  if (known && !known.includes(text))
    return `must be one of ${known.join(', ')}, got '${text}'${where ? `: add it to ${where} first` : ''}`;
  if (/[\n\r]/.test(text)) return 'must be one line';
  return fault?.(text, given, config);
}
