import type { Item } from './client.ts';
import { count, inline, moment, span, statusColour, usd } from './format.ts';
import { type Column, facts, prose, table } from './table.ts';
import { paint, type Terminal } from './terminal.ts';

type Event = Item['timeline'][number];
type Step = NonNullable<Item['lineage']>[number];

/** One item from top to bottom: what it is, why, what was proposed, who decided, what was done, and what it cost. */
export function story(item: Item, terminal: Terminal): string {
  const status = paint(terminal, statusColour(item.status), item.status);
  const sections = [
    `${paint(terminal, 'bold', item.id)}  ${item.automation}  ${status}`,
    known(item, terminal),
    ...section('Reasons', terminal, item.reasons?.map((reason) => prose(reason, terminal, '- ')).join('\n')),
    ...section('Proposal', terminal, proposal(item, terminal)),
    ...section('Approval', terminal, approval(item, terminal)),
    ...section('Action', terminal, action(item, terminal)),
    ...section('Timeline', terminal, timeline(item, terminal)),
    ...section('Lineage', terminal, lineage(item, terminal)),
  ];
  return sections.join('\n');
}

function section(title: string, terminal: Terminal, body: string | undefined): string[] {
  return body ? ['', paint(terminal, 'bold', title), body] : [];
}

function known(item: Item, terminal: Terminal): string {
  const { tokens, error } = item;
  return facts(
    [
      ['received', moment(item.receivedAt, terminal.now())],
      ['updated', moment(item.updatedAt, terminal.now())],
      ['label', item.label],
      ['verdict', item.verdict],
      ['priority', item.priority === 'normal' ? undefined : item.priority],
      ['run', item.generation > 1 ? `number ${item.generation}: it was started again` : undefined],
      ['cost', item.costUsd === undefined ? undefined : usd(item.costUsd)],
      ['tokens', tokens && `${count(tokens.input)} in, ${count(tokens.output)} out`],
      ['error', error && `${error.class}: ${error.message}`],
    ],
    terminal,
  );
}

function proposal({ proposal: made }: Item, terminal: Terminal): string | undefined {
  if (!made) return undefined;
  const confidence = made.confidence === null ? 'not measured' : String(made.confidence);
  const parameters = Object.entries(made.parameters).map(([name, value]) => [name, inline(value)] as const);
  const evidence = made.evidence.map(({ source, quote }) => ['evidence', `${source}: "${quote}"`] as const);
  const lines = [
    prose(made.summary, terminal),
    facts(
      [
        ['why', made.brief],
        ['action', made.action],
        ['confidence', confidence],
      ],
      terminal,
    ),
    parameters.length > 0 ? `  with\n${indent(facts(parameters, narrower(terminal)))}` : '',
    evidence.length > 0 ? facts(evidence, terminal) : '',
  ];
  return lines.filter(Boolean).join('\n');
}

function approval({ approval: asked }: Item, terminal: Terminal): string | undefined {
  if (!asked) return undefined;
  const { status, decision, decidedBy, decidedAt, activeSeconds } = asked;
  if (status === 'pending') return prose('pending: nobody has decided yet', terminal);
  if (status === 'expired') return prose('expired: nobody decided in time', terminal);
  const took = activeSeconds === undefined ? '' : `, after ${span(activeSeconds * 1000)} on the page`;
  const when = decidedAt ? `, ${moment(decidedAt, terminal.now())}` : '';
  return prose(`${decision ?? status} by ${decidedBy ?? 'unknown'}${when}${took}`, terminal);
}

function action({ action: taken }: Item, terminal: Terminal): string | undefined {
  if (!taken) return undefined;
  const { name, status, result, idempotencyKey } = taken;
  const answer = result && `HTTP ${result.status}`;
  const known = facts(
    [
      ['answer', answer],
      ['reference', result?.reference],
      ['key', idempotencyKey],
    ],
    terminal,
  );
  return `${prose(`${name}: ${status}`, terminal)}\n${known}`;
}

function timeline(item: Item, terminal: Terminal): string {
  const start = Date.parse(item.receivedAt);
  const columns: Column<Event>[] = [
    { title: 'after', cell: ({ at }) => `+${span(Date.parse(at) - start, 1)}`, right: true },
    { title: 'event', cell: ({ event }) => event },
    { title: 'facts', cell: eventFacts, least: 12 },
  ];
  return indent(table(columns, item.timeline, narrower(terminal)));
}

function eventFacts({ at, event, ...rest }: Event): string {
  if (event === 'model_called') return callFacts(rest);
  const told = Object.entries(rest).filter(([, value]) => !(Array.isArray(value) && value.length === 0));
  // Keys and ids are the longest, and what a narrow terminal may best cut.
  const texts = told.map(([name, value]) => `${name} ${inline(value)}`);
  return texts.sort((a, b) => a.length - b.length).join(', ');
}

/** Which call it was, and how it went; the lineage and `--json` have the rest. */
function callFacts({
  step,
  endpoint,
  model,
  milliseconds,
  costUsd,
  cached,
  failure,
  route,
}: Omit<Event, 'at' | 'event'>): string {
  return [
    inline(step),
    ...(failure === undefined ? [] : [`failed: ${inline(failure)}`]),
    cached === true ? 'from memory' : `${inline(milliseconds)} ms, ${usd(Number(costUsd))}`,
    `${inline(endpoint)} ${inline(model)} (${inline(route)})`,
  ].join(', ');
}

function lineage({ lineage: steps }: Item, terminal: Terminal): string | undefined {
  if (!steps || steps.length === 0) return undefined;
  const columns: Column<Step>[] = [
    { title: 'step', cell: ({ step }) => step, least: 8 },
    { title: 'prompt', cell: ({ promptVersion }) => promptVersion, least: 8 },
    { title: 'model', cell: ({ model }) => model, least: 8 },
    { title: 'in', cell: ({ inputTokens }) => count(inputTokens), right: true },
    { title: 'out', cell: ({ outputTokens }) => count(outputTokens), right: true },
    { title: 'cost', cell: ({ costUsd }) => usd(costUsd), right: true },
    { title: 'from', cell: ({ cached, endpoint }) => (cached ? 'memory' : endpoint), least: 6 },
  ];
  return indent(table(columns, steps, narrower(terminal)));
}

function narrower(terminal: Terminal): Terminal {
  return { ...terminal, columns: terminal.columns - 2 };
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ');
}
