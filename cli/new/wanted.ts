import { RISKS } from '../../lambdas/contract/item/status.ts';
import type { ResolvedConfig } from '../../lib/config.ts';
import { UsageError } from '../errors.ts';
import type { Terminal } from '../terminal.ts';

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
  option: Exclude<keyof Wanted, 'name' | 'escalateTo'> | 'escalate-to';
  question: string;
  /** Those of the configuration, where nothing else can be meant. */
  choices?(config: ResolvedConfig): readonly string[];
  /** Where the choices are made longer. */
  where?: string;
  otherwise?: string;
  /** What is wrong with an answer. */
  fault?(text: string, given: ReadonlyMap<string, string>): string | undefined;
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
    question: 'What may it do? The name of its action, such as create-lead',
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
    choices: ({ destinations }) => Object.keys(destinations),
    where: "'destinations' of signalbox.config.ts",
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
];

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
    ...{ group: value('group'), escalateTo: value('escalate-to') },
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
  return fault?.(text, given);
}
