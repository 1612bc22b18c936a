import { atMost, exactly, type Verdict } from '../verdicts.ts';
import { printTable } from '../world.ts';
import { AGREEMENT, SLA, WRONG_AT_MOST } from './lines.ts';
import type { Assumed } from './model.ts';
import type { Came, Ended } from './run.ts';

/* A month with everything off beside the same month with everything on. */

export interface Both {
  name: string;
  off: Came;
  on: Came;
}

export interface About {
  assumed: Assumed;
  items: number;
  seed: number;
  of: string;
  /** Of answers to similar questions. */
  wrongAtMost: number;
}

/** Of the dollars without any means. */
const MOST_OF_DOLLARS = 1;
/** A look for similar questions and their vector come before the model. */
const MORE_SECONDS = 0.3;

const dollars = (value: number) => `$${value.toFixed(2)}`;
const seconds = (value: number) => `${value.toFixed(2)} s`;
const share = (value: number) => `${(100 * value).toFixed(2)} %`;
const sum = (all: readonly number[]) => all.reduce((one, other) => one + other, 0);

/** Of sorted or unsorted numbers; 0 of none. */
export function quantile(all: readonly number[], part: number): number {
  const sorted = all.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

export const usdOf = ({ modelUsd, awsUsd }: Came): number => modelUsd + awsUsd;
export const callsOf = ({ labels, drafts }: Came): number => labels + drafts;
export const wrongOf = ({ ended }: Came): number => ended.filter(({ right }) => !right).length;

const atOnce = ({ ended }: Came) =>
  ended.filter(({ priority }) => priority !== 'low').map((it) => it.seconds);
const waiting = ({ ended }: Came) =>
  ended.filter(({ priority }) => priority === 'low').map((it) => it.seconds);
const by = ({ ended }: Came, who: Ended['by']) => ended.filter((it) => it.by === who);

/** How many more answers may be wrong, by the bounds that the lines declare. */
export function allowed({ on }: Both, wrongAtMost = WRONG_AT_MOST): number {
  return by(on, 'similar').length * wrongAtMost + by(on, 'surrogate').length * (1 - AGREEMENT);
}

function joined(name: string, all: readonly Both[]): Both {
  const add = (of: 'off' | 'on'): Came => {
    const field = (key: Exclude<keyof Came, 'ended'>) => sum(all.map((it) => it[of][key]));
    return {
      ended: all.flatMap((it) => it[of].ended),
      ...{ modelUsd: field('modelUsd'), awsUsd: field('awsUsd'), lineageUsd: field('lineageUsd') },
      ...{ labels: field('labels'), drafts: field('drafts'), vectors: field('vectors') },
      ...{ inFiles: field('inFiles'), unanswered: field('unanswered') },
    };
  };
  return { name, off: add('off'), on: add('on') };
}

export function printMonth(
  lines: readonly Both[],
  { assumed, items, seed, of, wrongAtMost }: About,
): Verdict[] {
  const all = joined('**all**', lines);
  const rows = [...lines, all];
  console.log(
    `A month of ${items} items in ${of}, seed ${seed}: everything off → everything on, similar questions at ${wrongAtMost}\n`,
  );
  const pair = (it: Both, show: (came: Came) => string) => `${show(it.off)} → ${show(it.on)}`;
  printTable(
    ['line', 'items', 'models', 'AWS, thinking', 'calls', 'vectors', 'wrong'],
    rows.map((it) => [
      ...[it.name, String(it.off.ended.length), pair(it, (came) => dollars(came.modelUsd))],
      ...[pair(it, (came) => dollars(came.awsUsd)), pair(it, (came) => String(callsOf(came)))],
      ...[String(it.on.vectors), pair(it, (came) => String(wrongOf(came)))],
    ]),
  );
  console.log();
  printTable(
    ['seconds until the verdict', 'urgent and normal: P50', 'P95', 'low: P50', 'P95'],
    rows.map((it) => [
      it.name,
      ...[0.5, 0.95].map((part) => pair(it, (came) => quantile(atOnce(came), part).toFixed(2))),
      ...[0.5, 0.95].map((part) => pair(it, (came) => quantile(waiting(came), part).toFixed(1))),
    ]),
  );
  console.log();
  printTable(
    ['labels, everything on', 'by the model', 'exact cache', 'similar', 'surrogate', 'in files'],
    rows.map(({ name, on }) => [
      name,
      ...(['model', 'exact', 'similar', 'surrogate'] as const).map((who) => {
        const some = by(on, who);
        const wrong = some.filter(({ right }) => !right).length;
        return some.length === 0 ? '–' : `${some.length}, ${share(wrong / some.length)} wrong`;
      }),
      String(on.inFiles),
    ]),
  );
  const told = Object.entries(assumed).map(([name, value]) => `${name} ${value}`);
  console.log(
    `\nAssumed of the model: ${told.join(', ')}. A wrong answer is of its text: asked again, the model says the same. AWS is what thinking takes (rows, objects, messages, functions, transitions, what batches stand for), without intake, actions and people, which are the same. Seconds are what was waited for files, what models take, and processor time of our own code.`,
  );
  const { off, on } = all;
  return [
    atMost(
      'dollars with everything on, of those with everything off',
      usdOf(on) / usdOf(off),
      MOST_OF_DOLLARS,
      share,
    ),
    ...lines.map((it) => atMost(`${it.name}: dollars of models`, it.on.modelUsd, it.off.modelUsd, dollars)),
    ...lines.map((it) =>
      atMost(
        `${it.name}: wrong answers, by the bounds that it declares`,
        wrongOf(it.on),
        wrongOf(it.off) + allowed(it, wrongAtMost),
        (value) => value.toFixed(1),
      ),
    ),
    atMost(
      'P95 of what may not wait',
      quantile(atOnce(on), 0.95),
      quantile(atOnce(off), 0.95) + MORE_SECONDS,
      seconds,
    ),
    exactly(
      'low-priority items after their time',
      lines.reduce((late, it) => late + lateOf(it), 0),
      0,
    ),
    exactly('items without an answer', off.unanswered + on.unanswered, 0),
    exactly(
      'vectors, requests in files and kept answers with everything off',
      off.vectors + off.inFiles + off.ended.length - by(off, 'model').length,
      0,
    ),
    ...[off, on].map((it, at) =>
      atMost(
        `lineages differ from what was billed, everything ${at ? 'on' : 'off'}, by`,
        Math.abs(it.lineageUsd - it.modelUsd),
        1e-6 * Math.max(1, it.ended.length),
        (value) => `$${value.toFixed(6)}`,
      ),
    ),
  ];
}

function lateOf({ name, on }: Both): number {
  const hours = name === 'tickets' ? SLA.draft : name === 'invoices' ? SLA.account : undefined;
  return hours === undefined ? 0 : waiting(on).filter((it) => it > hours * 3600).length;
}
