import type { Automation } from '../../../lambdas/contract/automation.ts';

/* The page of an automation as its declaration would write it: a beginning, which its team makes its own. */

/** Every automation's page has these parts, in this order. */
export const PARTS = [
  ...['What it needs', 'What it asks a person', 'Limits', 'At night', 'Try it', 'Figures', 'To copy it'],
] as const;

export function readmeOf(automation: Automation): string {
  const { name, owner, purpose, budget } = automation;
  const limited = Object.entries(automation.actions).flatMap(([action, { limits }]) =>
    limits ? [`\`${action}\``] : [],
  );
  const [example] = automation.examples;
  const words: Record<(typeof PARTS)[number], string> = {
    'What it needs': ['| | name | for |', '|---|---|---|', ...neededBy(automation)].join('\n'),
    'What it asks a person': [
      '- The label `other`, and what the policy in [`automation.ts`](automation.ts) does not let act alone.',
      '- A text that tries to instruct the model, an answer that cannot be used, and what is above a limit.',
    ].join('\n'),
    Limits: `${limited.length > 0 ? `${limited.join(', ')}: \`limits\` in [\`automation.ts\`](automation.ts)` : 'No action has `limits`'}. The models may cost ${budget.perItemUsd} US dollars for an item and ${budget.perDayUsd} a day.`,
    'At night': [
      ...['| what happens | what to do |', '|---|---|'],
      '| a model is down: items wait | [`breaker/open`](../../docs/runbook.md#breakeropen) |',
      '| a destination is down: actions are tried again with the same key, then parked | [a destination is down](../../docs/runbook.md#a-destination-is-down) |',
      '| nobody decides | [`approvals/late`](../../docs/runbook.md#approvalslate) |',
    ].join('\n'),
    'Try it': [
      ...['```sh', `npm run cases -- ${name}`],
      ...(example ? [`npm run signalbox -- send ${name} --example '${example.name}' --wait 20`] : []),
      '```',
    ].join('\n'),
    Figures: 'None measured yet.',
    'To copy it':
      'Copy the folder, rename it and `name` in `automation.ts`, and name your own destinations and groups there. The prompts, the policy and the cases are what makes it yours.',
  };
  return [
    `# ${name}`,
    `${purpose} ${owner} answers for it.`,
    `![Doors, steps, gate and actions of ${name}, from its declaration](flow.svg)`,
    ...PARTS.map((part) => `## ${part}\n\n${words[part]}`),
  ]
    .join('\n\n')
    .concat('\n');
}

/** What an automation names that is not in its folder. */
export interface Needs {
  sources: readonly string[];
  destinations: readonly string[];
  groups: readonly string[];
}

export function needsOf({ lookups = {}, doors = {}, actions, approval }: Automation): Needs {
  const polled = Object.values(doors.schedules ?? {}).map(({ source }) => source);
  const terms = [approval, ...(approval.byAmount ?? [])];
  const distinct = (names: readonly (string | undefined)[]) => [
    ...new Set(names.filter((one) => one !== undefined)),
  ];
  return {
    sources: distinct([...Object.values(lookups).map(({ source }) => source), ...polled]),
    destinations: distinct(Object.values(actions).map(({ destination }) => destination)),
    groups: distinct(terms.flatMap(({ group, escalateTo }) => [group, escalateTo])),
  };
}

function neededBy(automation: Automation): string[] {
  const { sources, destinations, groups } = needsOf(automation);
  const users = (used: Readonly<Record<string, object>>, kind: 'source' | 'destination', name: string) =>
    Object.entries(used).flatMap(([user, names]) =>
      Reflect.get(names, kind) === name ? [`\`${user}\``] : [],
    );
  const { lookups = {}, doors = {}, actions } = automation;
  return [
    ...sources.map((name) => {
      const asked = [...users(lookups, 'source', name), ...users(doors.schedules ?? {}, 'source', name)];
      return `| source | \`${name}\` | ${asked.join(', ')} |`;
    }),
    ...destinations.map(
      (name) => `| destination | \`${name}\` | ${users(actions, 'destination', name).join(', ')} |`,
    ),
    `| groups | ${groups.map((name) => `\`${name}\``).join(', ')} | who is asked, and who is asked next |`,
    '| secrets | those that `signalbox.config.ts` names for them | filled before the first item |',
  ];
}
