import './quiet.ts';
import './markdown.ts';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tally, Task, WAYS as Ways } from './helpdesk/answers.ts';
import { articlesOf, isForStaff, type SourceDocument } from './helpdesk/articles.ts';
import { atLeast, atMost, exactly, printVerdicts, type Verdict } from './verdicts.ts';
import { printTable } from './world.ts';

/*
 * `npm run bench:helpdesk [-- --data <folder>]`: `support-triage` before a scripted model that is right, and wrong in known ways. With
 * `--data`, the folder of `tau2_banking_kb` and `banking77`, also on the tasks of τ-Knowledge and with the customers' questions of
 * Banking77. `--write` makes the help centre's folders from the documents again. Exit 1 where a word goes out that no article has, a
 * wrong list of requests is taken, or a single request is split.
 */

// Prompts are Markdown, which Node.js reads once the hook above is there.
const { mayBeSeveral } = await import('../automations/support-triage/requests.ts');
const { questions, tally, ticketsOf, WAYS } = await import('./helpdesk/answers.ts');
const { joinedFrom, LISTS, split } = await import('./helpdesk/joined.ts');

const args = process.argv.slice(2);
const at = args.indexOf('--data');
const data = at >= 0 ? args[at + 1] : undefined;
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

function read<T>(...path: string[]): T {
  const text = readFileSync(join(...path), 'utf8');
  if (!path.at(-1)?.endsWith('.jsonl')) return JSON.parse(text) as T;
  const lines = text.trim().split('\n');
  return lines.map((line) => JSON.parse(line) as unknown) as T;
}

const knowledge = data && join(data, 'tau2_banking_kb', 'dev');
const documents = knowledge ? read<SourceDocument[]>(knowledge, 'documents.jsonl') : [];
if (args.includes('--write')) write();

const verdicts: Verdict[] = [...(await answering()), ...splitting()];
printVerdicts(verdicts);

function write(): void {
  if (documents.length === 0) throw new Error("'--write' needs the documents: give their folder as --data");
  for (const [collection, outward] of [
    ['help', true],
    ['procedures', false],
  ] as const) {
    const folder = join('automations/support-triage/knowledge', collection);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const held = documents.filter((one) => isForStaff(one) !== outward);
    for (const { file, markdown } of articlesOf(held, outward)) writeFileSync(join(folder, file), markdown);
  }
}

async function answering(): Promise<Verdict[]> {
  const asked = await questions(8);
  const rows: [string, Tally][] = [
    ['questions of the help centre, model right', await tally(asked, { share: 0 })],
    ['questions of the help centre, wrong every fifth time', await tally(asked, { share: 0.2 })],
  ];
  for (const way of Object.keys(WAYS) as (keyof typeof Ways)[])
    rows.push([`questions, model ${way}`, await tally(asked, { share: 1, way })]);
  if (knowledge) {
    const tickets = ticketsOf(read<Task[]>(knowledge, 'tasks.json'), documents);
    rows.push(['tasks of τ-Knowledge, model right', await tally(tickets, { share: 0 })]);
    rows.push(['tasks, wrong every fifth time', await tally(tickets, { share: 0.2 })]);
    for (const way of Object.keys(WAYS) as (keyof typeof Ways)[])
      rows.push([`tasks, model ${way}`, await tally(tickets, { share: 1, way })]);
  }
  console.log();
  printTable(
    ['tickets', 'number', 'article given', 'answered alone', 'asked', 'wrong', 'ungrounded'],
    rows.map(([name, it]) => [
      name,
      String(it.tickets),
      ...[it.found, it.alone, it.asked, it.wrong].map((count) => percent(count / it.tickets)),
      String(it.ungrounded),
    ]),
  );
  const [[, right] = ['', undefined]] = rows;
  const rightly = rows.filter(([name]) => name.includes('model right'));
  return [
    exactly(
      'replies with a word of no article',
      rows.reduce((sum, [, it]) => sum + it.ungrounded, 0),
      0,
    ),
    exactly(
      'wrong replies of a model that is right',
      rightly.reduce((sum, [, it]) => sum + it.wrong, 0),
      0,
    ),
    atLeast(
      'questions of the help centre answered alone',
      (right?.alone ?? 0) / (right?.tickets ?? 1),
      0.8,
      percent,
    ),
  ];
}

function splitting(): Verdict[] {
  const cases = read<{ body: { text: string }; verdict: string }[]>('automations/support-triage/cases.jsonl');
  const own = cases.flatMap(({ body, verdict }) => (verdict === 'act' ? [body.text] : []));
  const singles = data ? customers(join(data, 'banking77', 'dev', 'train.csv')) : own;
  const several = joinedFrom([...new Set(singles)], 200);
  const tallies = Object.entries(LISTS).map(([name, list]) => [name, split(several, list)] as const);
  console.log();
  printTable(
    ['list of the model', 'split rightly', 'a person', 'as one', 'split wrongly', 'not asked about'],
    tallies.map(([name, it]) => [
      name,
      ...[it.right, it.person, it.whole, it.wrong, it.unseen].map((count) => percent(count / several.length)),
    ]),
  );
  const looked = singles.filter(mayBeSeveral).length / singles.length;
  console.log(
    `\n${several.length} tickets of 2 to 4 requests; ${singles.length} single ones, of which ${percent(looked)} are asked about`,
  );
  const [[, right] = ['', undefined]] = tallies;
  const wrong = tallies.filter(([name]) => name !== 'two as one').reduce((sum, [, it]) => sum + it.wrong, 0);
  const kept = singles.filter((text) => split([{ text, requests: [text] }], () => [text]).wrong > 0).length;
  return [
    atLeast('split rightly by a right list', (right?.right ?? 0) / several.length, 0.9, percent),
    exactly('wrong lists that were taken', wrong, 0),
    exactly('single requests that were split', kept, 0),
    atMost('single requests that cost a further call', looked, 0.25, percent),
  ];
}

/** Customers' own questions: those that are one sentence or question, every so many. */
function customers(file: string): string[] {
  const rows = readFileSync(file, 'utf8').split('\n').slice(1);
  const texts = rows.map((row) =>
    row
      .replace(/,[a-z_]+\r?$/i, '')
      .replaceAll(/^"|"$/g, '')
      .replaceAll('""', '"'),
  );
  const fit = texts.filter((text) => text.length > 20 && text.length < 300 && /[.!?]$/.test(text));
  return fit.filter((_, place) => place % 8 === 0);
}
