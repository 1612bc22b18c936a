import { times } from '../../lambdas/reports/words.ts';
import type { Automation } from '../client.ts';
import type { Command } from '../command.ts';
import { connect } from '../connect.ts';
import { count, usd } from '../format.ts';
import { type Column, facts, prose, table } from '../table.ts';
import { paint, printJson, type Terminal } from '../terminal.ts';
import { cautionWords } from './caution.ts';
import { heldWords } from './suspend.ts';

export const automations: Command = {
  name: 'automations',
  summary: 'List the automations, or show all about one',
  usage: `signalbox automations [name]

  name  show its owner, data, actions, failure modes, schema and examples`,
  example: ['automations', 'refund-request'],
  arguments: ['name?'],
  options: {},
  async run(input, terminal) {
    const client = await connect(terminal);
    const name = input.argument(0);
    if (name !== undefined) {
      const { data, json } = await client.get<Automation>(`/v1/automations/${encodeURIComponent(name)}`);
      if (input.json) printJson(terminal, json);
      else terminal.out(everything(data, terminal));
      return;
    }
    const { data, json } = await client.get<{ automations: Automation[] }>('/v1/automations');
    if (input.json) printJson(terminal, json);
    else if (data.automations.length === 0) terminal.out('this token may use no automation');
    else
      terminal.out(
        table(columns, data.automations, terminal, ({ purpose, budget, caution, hold, state }) => [
          purpose,
          ...(hold.actions.length > 0 ? [heldWords(state, hold)] : []),
          ...(caution.on ? [cautionWords(caution)] : []),
          ...added(budget),
        ]),
      );
  },
};

const columns: Column<Automation>[] = [
  { title: 'name', cell: ({ name }) => name },
  { title: 'state', cell: ({ state }) => state },
  { title: 'owner', cell: ({ owner }) => owner, least: 10 },
  { title: 'spent today', cell: ({ budget }) => usd(budget.spentTodayUsd), right: true },
  { title: 'of', cell: ({ budget }) => `$${(budget.perDayUsd + budget.extraUsd).toFixed(2)}`, right: true },
  {
    title: 'last review',
    cell: ({ lastReviewed, reviewOverdue }) => lastReviewed + (reviewOverdue ? ' OVERDUE' : ''),
    colour: ({ reviewOverdue }) => (reviewOverdue ? 'red' : undefined),
    optional: true,
  },
];

/** Today's additions to the declared budget. */
function added({ extraUsd, extraTokens }: Automation['budget']): string[] {
  const what = [
    ...(extraUsd > 0 ? [`$${extraUsd}`] : []),
    ...(extraTokens > 0 ? [`${count(extraTokens)} tokens`] : []),
  ];
  return what.length > 0 ? [`${what.join(' and ')} added for today (UTC)`] : [];
}

function allowance(budget: Automation['budget']): string {
  const { perDayUsd, perItemUsd, perDayTokens, spentTodayUsd, spentTodayTokens } = budget;
  const tokens =
    perDayTokens === undefined
      ? []
      : [`${count(perDayTokens)} tokens a day, ${count(spentTodayTokens)} used today`];
  const more = added(budget).map((what) => `, ${what}`);
  return [
    `$${perDayUsd} a day${more.join('')}, ${usd(spentTodayUsd)} spent today`,
    ...tokens,
    `$${perItemUsd} an item`,
  ].join('; ');
}

type Most = { amount?: string; count?: number; days?: number };

/** Up to what amounts an action acts alone. */
function alone(limits: Automation['limits'][string] = {}): string {
  const { per: further, ...own } = limits as Record<string, Most> & { per?: Record<string, Most> };
  const words = Object.entries({ ...own, ...named(further) }).map(
    ([per, { amount, count: most, days = 1 }]) => {
      const both = [amount ?? [], most === undefined ? [] : times(most)].flat().join(' and ');
      return `${both} ${days === 1 ? 'a day' : `in ${days} days`} ${PER[per] ?? per}`;
    },
  );
  return words.length > 0 ? `; alone at most ${words.join(', ')}` : '';
}

function named(further: Readonly<Record<string, Most>> = {}): Record<string, Most> {
  return Object.fromEntries(Object.entries(further).map(([name, most]) => [`for one ${name}`, most]));
}

const PER: Readonly<Record<string, string>> = {
  perSubject: 'for one subject',
  perDay: 'in all',
  perRecipient: 'to one recipient',
};

function everything(automation: Automation, terminal: Terminal): string {
  const { budget, reviewOverdue } = automation;
  const title = (text: string) => paint(terminal, 'bold', text);
  const review = `last ${automation.lastReviewed}, every ${automation.reviewEveryDays} days`;
  const known = facts(
    [
      ['owner', automation.owner],
      ['review', review + (reviewOverdue ? ': OVERDUE' : '')],
      ['budget', allowance(budget)],
      ['labels', automation.labels.join(', ')],
      [
        'prompts',
        automation.prompts.map(({ step, version, release }) => `${step} ${version} (${release})`).join(', '),
      ],
      ['post to', automation.links.items],
    ],
    terminal,
  );
  const list = (name: string, texts: readonly string[]) => [
    '',
    title(name),
    ...texts.map((text) => prose(text, terminal, '- ')),
  ];
  const actions = automation.actions.map(
    ({ name, destination, risk, reversible }) =>
      `${name}: to ${destination}, ${risk}, ${reversible ? 'reversible' : 'not reversible'}${alone(automation.limits[name])}`,
  );
  const examples = automation.examples.flatMap(({ name, expect, body }) => [
    `  '${name}': ${expect}`,
    json(body),
  ]);
  const held = automation.caution.on ? [paint(terminal, 'yellow', cautionWords(automation.caution))] : [];
  return [
    [`${title(automation.name)}  ${heldWords(automation.state, automation.hold)}`, ...held].join(', '),
    prose(automation.purpose, terminal),
    '',
    known,
    ...list('Triggers', automation.triggers),
    ...list('Data', automation.data),
    ...list('Actions', actions),
    ...list('Failure modes', automation.failureModes),
    '',
    title('Examples (verdict each one gets; send one with --example)'),
    ...examples,
    '',
    title('Schema of the body'),
    json(automation.schema),
  ].join('\n');
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2).replaceAll(/^/gm, '    ');
}
