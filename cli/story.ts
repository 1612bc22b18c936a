import { time } from '../lambdas/reports/words.ts';
import { dueIn, whoHas } from './about.ts';
import type { Item } from './client.ts';
import { documentLines, readingFacts, sourceName } from './documents.ts';
import { count, inline, moment, offset, shortTime, statusColour, usd } from './format.ts';
import { repairLines } from './repairs.ts';
import { type Run, runs } from './runs.ts';
import { type Column, facts, PROSE, prose, table } from './table.ts';
import { paint, type Terminal } from './terminal.ts';

type Event = Item['timeline'][number];
type Step = NonNullable<Item['lineage']>[number];

/**
 * One item from top to bottom: what it is, why, what was proposed, who decided, what was done, and what it
 * cost.
 */
export function story(item: Item, terminal: Terminal): string {
  const status = paint(terminal, statusColour(item.status), item.status);
  const sections = [
    `${paint(terminal, 'bold', item.id)}  ${status}`,
    known(item, terminal),
    ...section('Repaired', terminal, repairLines(item, terminal)),
    ...section('Documents', terminal, documentLines(item, terminal)),
    ...section('Reasons', terminal, item.reasons?.map((reason) => prose(reason, terminal, '- ')).join('\n')),
    ...section('Proposal', terminal, proposal(item, terminal)),
    ...section('Approval', terminal, approval(item, terminal)),
    ...actionSections(item, terminal),
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
      ['parent', item.parent],
      ['children', item.children?.join(' ')],
      ['label', item.label],
      ['verdict', item.verdict],
      ['priority', item.priority === 'normal' ? undefined : item.priority],
      ['run', item.generation > 1 ? `number ${item.generation}: it was started again` : undefined],
      ['missing', item.degraded?.map(({ step, reason }) => `${step}: ${reason}`).join('; ')],
      ['cost', item.costUsd === undefined ? undefined : usd(item.costUsd)],
      ['tokens', tokens && `${count(tokens.input)} in, ${count(tokens.output)} out`],
      ['error', error && `${error.class}: ${error.message}`],
    ],
    terminal,
  );
}

function proposal({ proposal: made, documents }: Item, terminal: Terminal): string | undefined {
  if (!made) return undefined;
  const confidence = made.confidence === null ? 'not measured' : String(made.confidence);
  const { actions = [] } = made;
  const parameters = (actions.length > 1 ? actions : [made]).flatMap((one, at) =>
    Object.entries(one.parameters).map(
      ([name, value]) => [actions.length > 1 ? `${at + 1}. ${name}` : name, inline(value)] as const,
    ),
  );
  const evidence = made.evidence.map(
    ({ source, quote }) => ['evidence', `${sourceName(source, documents)}: "${quote}"`] as const,
  );
  const lines = [
    prose(made.summary, terminal),
    facts(
      [
        ['why', made.brief],
        ['action', actions.length > 1 ? actions.map((one) => one.action).join(', ') : made.action],
        ['confidence', confidence],
      ],
      terminal,
    ),
    parameters.length > 0 ? `  with\n${indent(facts(parameters, narrower(terminal)))}` : '',
    evidence.length > 0 ? facts(evidence, terminal) : '',
  ];
  return lines.filter(Boolean).join('\n');
}

function approval(item: Item, terminal: Terminal): string | undefined {
  const { approval: asked } = item;
  if (!asked) return undefined;
  const { status, decision, decidedBy, decidedAt, activeSeconds, edits = [] } = asked;
  if (status === 'pending')
    return prose(`pending: nobody has decided yet${whoAndWhen(item, terminal.now())}`, terminal);
  if (status === 'expired') return prose('expired: nobody decided in time', terminal);
  if (status === 'withdrawn') return prose('withdrawn by its sender or an operator', terminal);
  const took = activeSeconds === undefined ? '' : `, after ${time(activeSeconds * 1000)} on the page`;
  const when = decidedAt ? `, ${moment(decidedAt, terminal.now())}` : '';
  const changed = edits.map(({ field, from, to }): [string, string] => [
    field,
    `${inline(from)} → ${inline(to)}`,
  ]);
  return [
    prose(`${decision ?? status} by ${decidedBy ?? 'unknown'}${when}${took}`, terminal),
    ...(changed.length > 0 ? [indent(facts(changed, narrower(terminal)))] : []),
  ].join('\n');
}

function whoAndWhen(item: Item, now: number): string {
  if (item.approval?.dueAt === undefined) return '';
  return ['', whoHas(item), dueIn(item, now)].filter((text, at) => at === 0 || text).join(', ');
}

/** One action under its own title; several in their order, each with what became of it. */
function actionSections({ action: first, actions = [] }: Item, terminal: Terminal): string[] {
  if (actions.length < 2) {
    const only = actions[0] ?? first;
    return section('Action', terminal, only && action(only, terminal));
  }
  const all = actions.map((one, at) => action({ ...one, name: `${at + 1}. ${one.name}` }, terminal));
  return section('Actions', terminal, all.join('\n'));
}

type First = NonNullable<Item['action']>;
type Taken = NonNullable<Item['actions']>[number];

function action(
  { name, status, result, idempotencyKey, ...more }: Taken | First,
  terminal: Terminal,
): string {
  const answer = result && `HTTP ${result.status}`;
  const known = facts(
    [
      ['answer', answer],
      ['reference', result?.reference],
      ['key', idempotencyKey],
      ['taken back', 'compensation' in more ? backIn(more.compensation) : undefined],
    ],
    terminal,
  );
  return `${prose(`${name}: ${status.replaceAll('_', ' ')}`, terminal)}\n${known}`;
}

/** By which item, and how far that one has come. */
function backIn(compensation: Taken['compensation']): string | undefined {
  if (!compensation) return undefined;
  const { item, status } = compensation;
  return status === 'done' ? `by ${item}` : `not by now: ${item} is ${status.replaceAll('_', ' ')}`;
}

function timeline(item: Item, terminal: Terminal): string {
  const start = Date.parse(item.receivedAt);
  const columns: Column<Run<Event>>[] = [
    { title: 'after', cell: ({ first }) => offset(Date.parse(first.at) - start), right: true },
    { title: 'event', cell: ({ first }) => first.event },
    { title: 'facts', cell: (run) => runFacts(run, start), least: 12, wraps: true },
  ];
  return indent(table(columns, runs(item.timeline, eventKey), narrower(terminal)));
}

/** One event in one line, for whoever follows the item. */
export function eventLine(event: Event, receivedAt: string): string {
  const start = Date.parse(receivedAt);
  const after = offset(Date.parse(event.at) - start);
  return `${event.at.slice(11, 19)} ${after.padStart(8)}  ${event.event}  ${eventFacts(event, start)}`.trimEnd();
}

/** What an event says, without what is of this one alone: its times and figures. */
function eventKey({ at: _at, route: _route, ...rest }: Event): string {
  const said = Object.entries(rest).filter(([, value]) => typeof value !== 'number' && !isTime(value));
  return JSON.stringify(said);
}

function runFacts({ first, last, all }: Run<Event>, start: number): string {
  return [eventFacts(first, start), ...often(all.length, last.at, start)].join('; … ');
}

function often(times: number, last: string, start: number): string[] {
  return times > 1 ? [`${count(times)} times until ${shortTime(last, start)}`] : [];
}

function eventFacts({ at, event, ...rest }: Event, start: number): string {
  if (event === 'model_called' || event === 'source_asked') return callFacts(rest);
  if (event === 'reading' || event === 'read') return readingFacts(rest);
  const told = Object.entries(rest).filter(([, value]) => !(Array.isArray(value) && value.length === 0));
  // Keys and ids are the longest, and what a narrow terminal may best cut.
  const texts = told.map(
    ([name, value]) => `${name} ${isTime(value) ? shortTime(value, start) : inline(value)}`,
  );
  return texts.sort((a, b) => a.length - b.length).join(', ');
}

function isTime(value: unknown): value is string {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/.test(value);
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
  source,
}: Omit<Event, 'at' | 'event'>): string {
  const where = source === undefined ? `${inline(endpoint)} ${inline(model)} ` : '';
  return [
    inline(step),
    ...(failure === undefined ? [] : [`failed: ${inline(failure)}`]),
    cached === true ? 'from memory' : `${inline(milliseconds)} ms, ${usd(Number(costUsd))}`,
    `${where}(${inline(route)})`,
  ].join(', ');
}

function lineage({ lineage: steps, receivedAt }: Item, terminal: Terminal): string | undefined {
  if (!steps || steps.length === 0) return undefined;
  const total = (run: Run<Step>, of: (step: Step) => number) =>
    run.all.reduce((sum, step) => sum + of(step), 0);
  const columns: Column<Run<Step>>[] = [
    { title: 'step', cell: ({ first }) => first.step, least: 8 },
    { title: 'prompt', cell: ({ first }) => first.promptVersion, least: 8 },
    { title: 'model', cell: ({ first }) => first.source ?? first.model, least: 8 },
    { title: 'in', cell: (run) => count(total(run, ({ inputTokens }) => inputTokens)), right: true },
    { title: 'out', cell: (run) => count(total(run, ({ outputTokens }) => outputTokens)), right: true },
    { title: 'cost', cell: (run) => usd(total(run, ({ costUsd }) => costUsd)), right: true },
    { title: 'from', cell: (run) => callFrom(run, Date.parse(receivedAt)), least: 6, wraps: true },
  ];
  return indent(table(columns, runs(steps, stepKey), narrower(terminal)));
}

function stepKey({ step, promptVersion, model, source, endpoint, cached, failure }: Step): string {
  return JSON.stringify([step, promptVersion, source ?? model, cached || endpoint, failure]);
}

function callFrom({ first, last, all }: Run<Step>, start: number): string {
  const { cached, source, failure, tools = [] } = first;
  const endpoint = source ?? first.endpoint;
  const asked = tools.length > 0 ? [`asks ${tools.join(', ')}`] : [];
  const failed = failure === undefined ? [] : [`failed: ${failure}`];
  return [cached ? 'memory' : endpoint, ...asked, ...failed, ...often(all.length, last.at, start)].join('; ');
}

function narrower(terminal: Terminal): Terminal {
  return { ...terminal, columns: Math.min(terminal.columns, PROSE) - 2 };
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ');
}
