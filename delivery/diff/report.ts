import { ACCEPTS } from '../accepted.ts';
import type { Changes, Cost, StackChange } from './changes.ts';
import type { Grant } from './grant.ts';
import type { Loss } from './loss.ts';
import type { Change } from './rights.ts';

/** A comment of GitHub takes 65,536 characters, and tells of two environments. */
const MOST = 30_000;
/** Of one role, and of one stack; the rest is counted. */
const MOST_LINES = 40;

export interface Told {
  environment: string;
  changes: Changes;
  accepted: ReadonlySet<string>;
  /** By the month, while nobody works; or why it could not be counted. */
  cost: Cost | string;
  /** What `cdk diff` says. */
  diff?: string;
}

/** What a change would do, as Markdown for a comment: first what is refused, then rights and money. */
export function report(told: Told): string {
  const { environment, changes, accepted, cost, diff } = told;
  const open = changes.losses.filter(({ key }) => !accepted.has(key));
  const parts = [
    `## What this does to \`${environment}\``,
    summary(changes, open, cost),
    refusal(open),
    section('Accepted by a commit', changes.losses.filter(({ key }) => accepted.has(key)).map(lossLine)),
    section('Rights: wider', changes.rights.widened.flatMap(rightLines)),
    section('Rights: narrower', changes.rights.narrowed.flatMap(rightLines)),
    oneWayPart(changes.oneWay),
    ...changes.stacks.map(stackPart),
  ].filter((part) => part !== '');
  const body = parts.join('\n\n');
  const room = MOST - body.length;
  if (diff === undefined || diff.trim() === '' || room < 2000) return cut(body, MOST);
  return `${body}\n\n<details><summary>cdk diff</summary>\n\n${fenced(cut(diff, room - 200))}\n\n</details>`;
}

function summary({ rights, stacks }: Changes, open: readonly Loss[], cost: Cost | string): string {
  const roles = rights.widened.length;
  const changed = stacks.filter(({ how }) => how === 'new' || how === 'changed').length;
  return [
    open.length === 0 ? 'Nothing is lost.' : `**Refused: ${open.length} would be lost.**`,
    roles === 0
      ? 'No right gets wider.'
      : `**Rights get wider in ${roles} ${roles === 1 ? 'place' : 'places'}.**`,
    costLine(cost),
    `${changed} of ${stacks.length} stacks change.`,
  ].join('  \n');
}

export function costLine(cost: Cost | string): string {
  if (typeof cost === 'string') return `Standing cost: not counted (${cost}).`;
  const { before, after } = cost;
  const more = after - before;
  const by = Math.abs(more) < 0.005 ? 'as before' : `${more > 0 ? '+' : '−'}${Math.abs(more).toFixed(2)}`;
  const line = `Standing cost: US$ ${before.toFixed(2)} → ${after.toFixed(2)} a month (${by}).`;
  return by === 'as before' ? line : `**${line}**`;
}

function refusal(open: readonly Loss[]): string {
  if (open.length === 0) return '';
  const accepts = open.map(({ key }) => `${ACCEPTS}: ${key}`).join('\n');
  return `${section(
    'Refused',
    open.flatMap((loss) => [lossLine(loss), `  - ${loss.todo}`]),
  )}

If it is meant all the same, say so at the end of a commit's message:

${fenced(accepts)}`;
}

const lossLine = ({ says }: Loss): string => `- ${plain(says)}`;

function oneWayPart(losses: readonly Loss[]): string {
  if (losses.length === 0) return '';
  return `${section('No way back by itself', losses.map(lossLine))}

That is what going back would do: an automatic rollback stops there, and a person decides.`;
}

function rightLines({ stack, who, isNew, grants }: Change): string[] {
  const shown = grants.slice(0, MOST_LINES).map((grant) => `  - ${grantWords(grant)}`);
  const more = grants.length - shown.length;
  return [
    `- **${plain(who)}** (${stack})${isNew ? ', which is new' : ''}`,
    ...shown,
    ...(more > 0 ? [`  - and ${more} more`] : []),
  ];
}

function grantWords({ action, resource, principal, condition }: Grant): string {
  const on = resource === 'itself' ? '' : ` on ${resource === '*' ? '**everything**' : code(resource)}`;
  const by = principal === undefined ? '' : ` by ${code(principal)}`;
  return `${code(action)}${on}${by}${condition === '' ? '' : `, if ${code(condition)}`}`;
}

/** Nothing in it ends the code, or the line. */
const code = (text: string) => `\`${text.replaceAll(/[\n\r]/g, ' ').replaceAll('`', "'")}\``;

function stackPart({ stack, how, resources }: StackChange): string {
  if (how === 'the same') return '';
  if (how === 'left as it is') return `**${stack}** is not in this assembly: it stays deployed as it is.`;
  const lines = resources.map(
    ({ type, place, how: made, properties }) =>
      `| ${made} | ${type.replace(/^AWS::/, '')} | ${plain(place)} | ${properties.join(', ')} |`,
  );
  const shown = lines.slice(0, 5 * MOST_LINES);
  const more = lines.length - shown.length;
  const title = how === 'new' ? `${stack} (new)` : stack;
  return `<details><summary>${title}: ${resources.length} resources</summary>

| | type | where | what differs |
|---|---|---|---|
${shown.join('\n')}${more > 0 ? `\n\nand ${more} more` : ''}

</details>`;
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `### ${title}\n\n${lines.join('\n')}`;
}

const plain = (text: string) => text.replaceAll(/[\n\r|]/g, ' ').replaceAll('<', '&lt;');

/** A fence that nothing in the text can end. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}\n… cut: the whole is in the log`;
}
