import { COMPENSATION_ASKED } from '../../contract/item/compensation.ts';
import { ERROR_NAMES, type ErrorName, type ItemRow, type TimelineEvent } from '../../contract/item/row.ts';
import type { Stage } from '../../contract/item/status.ts';

import { REDRIVEN, THINKING_AGAIN } from '../../contract/item/timeline.ts';
import { ALL, armName, type Dimension, type Fact, type Tally } from '../../tables/statistics/figures.ts';
import { confidenceOf, howJudged, textFacts } from './judged.ts';

/* What an item's timeline says, event by event. It only grows, so that what was said of its beginning stays true. */

type Values = Fact['of'];

/** What is under way, and since when. */
interface Mark {
  of: 'queue' | 'intake' | 'read' | 'thought' | 'people' | 'action';
  at: string;
}

const ENDS = ['done', 'refused', 'rejected', 'expired'] as const;
const RESTS = ['parked', 'quarantined', 'withdrawn'] as const;

/** Which stage ends with which event, where it began with the one before. */
const STAGE_OF: Readonly<Record<string, Stage>> = {
  ...{ prepared: 'prepare', routed: 'route', evaluated: 'evaluate', gated: 'gate', duplicate: 'route' },
};

export class Story {
  readonly #row: Pick<ItemRow, 'client' | 'lineage'>;
  #client = 'none';
  #door = 'api';
  #label: string | undefined;
  #verdict: string | undefined;
  /** Of prompts that the judgement stands on. */
  #versions: readonly string[] = [];
  /** Since when it is thought about, in whichever generation. */
  #thinks = '';
  /** Since when a worker has it in hand. */
  #inHand = '';
  /** Since when it is under way to its end. */
  #began = '';
  /** Undefined while it waits for what nobody measures. */
  #mark: Mark | undefined;
  #edited = false;
  /** Of the text that it is judged by. */
  #text: Values = [];
  /** Of the release that it is a part of, and of the one with which it could not be judged. */
  #arm: Values = [];
  #failed = '';

  constructor(row: Pick<ItemRow, 'client' | 'lineage'>) {
    this.#row = row;
  }

  /** What an event says, after those before it. */
  hear(event: TimelineEvent): Fact[] {
    const { event: name } = event;
    if (name in STAGE_OF) return this.#thought(event);
    if (isOneOf(ENDS, name)) return this.#ended(event, name);
    if (isOneOf(RESTS, name)) return this.#rests(event, name);
    switch (name) {
      case 'received':
        return this.#received(event);
      case 'reading':
        return this.#reading(event);
      case 'read':
        return this.#passed(event, 'read', 'read', { of: 'queue', at: event.at });
      case 'processing':
        return this.#taken(event);
      case 'waiting_approval':
        this.#mark = { of: 'people', at: event.at };
        return [{ at: event.at, of: [['all', ALL], ...inGroup(event)], n: { asked: 1 } }];
      case 'decided':
        return this.#decided(event);
      case REDRIVEN:
        return this.#redriven(event);
      case THINKING_AGAIN:
        [this.#label, this.#verdict, this.#versions, this.#thinks] = [undefined, undefined, [], event.at];
        this.#mark = undefined;
        return [];
      case COMPENSATION_ASKED:
        // Both items tell of it; the one that is taken back names its child.
        return event.child === undefined ? [] : [this.#fact(event, { reversed: 1 })];
      case 'waiting':
      case 'suspended':
      case 'deferred':
        this.#mark = undefined;
        return [];
      default:
        return [];
    }
  }

  get client(): string {
    return this.#client;
  }

  get door(): string {
    return this.#door;
  }

  #received({ at, client, door }: TimelineEvent): Fact[] {
    this.#client = typeof client === 'string' ? client : this.#row.client;
    this.#door = typeof door === 'string' ? door : 'api';
    [this.#began, this.#thinks, this.#mark] = [at, at, { of: 'intake', at }];
    return [{ at, of: this.#known(), n: { received: 1 } }];
  }

  #reading(event: TimelineEvent): Fact[] {
    // Told once for each document; the first ends the wait.
    return this.#mark?.of === 'read'
      ? []
      : this.#passed(event, 'intake', 'intake', { of: 'read', at: event.at });
  }

  /** A worker takes it up: what it waited for before is the queue's age. */
  #taken(event: TimelineEvent): Fact[] {
    const { at } = event;
    this.#inHand = at;
    const mark = this.#mark;
    const waited = mark?.of === 'queue' || mark?.of === 'intake';
    const queue: Fact[] =
      waited && mark ? [{ at, of: [['all', ALL]], t: { queueMs: between(mark.at, at) } }] : [];
    return [...queue, ...this.#passed(event, 'intake', 'intake', { of: 'thought', at })];
  }

  #thought(event: TimelineEvent): Fact[] {
    const { at, event: name, label, verdict } = event;
    const stage = STAGE_OF[name] ?? 'prepare';
    const told = this.#passed(event, 'thought', stage, { of: 'thought', at });
    if (name === 'prepared') [this.#text, this.#arm] = [textFacts(event), armOf(event)];
    if (name === 'routed') this.#label = textOf(label);
    if (name === 'duplicate') this.#label = 'other';
    if (name !== 'gated') return told;
    this.#verdict = textOf(verdict);
    this.#mark = { of: 'action', at };
    const calls = (this.#row.lineage ?? []).filter((call) => call.at >= this.#thinks && call.at <= at);
    const stands = calls.filter(
      ({ failure, source, promptVersion }) => !failure && !source && promptVersion !== 'none',
    );
    this.#versions = [...new Set(stands.map(({ promptVersion }) => promptVersion))];
    const paid = calls.reduce((sum, { costUsd }) => sum + nanoUsd(costUsd), 0);
    const under = ['label', this.#labelled()] as const;
    return [
      ...told,
      this.#fact(event, { judged: 1 }),
      { at, of: [under, ['verdict', this.#verdict]], n: { nanoUsd: paid } },
      { at, of: [...this.#known(), under], n: howJudged(this.#verdict, calls) },
      { at, of: [['all', ALL]], t: { nanoUsd: paid } },
      ...(this.#arm.length > 0
        ? [{ at, of: this.#arm, t: { nanoUsd: paid, ms: between(this.#inHand || this.#thinks, at) } }]
        : []),
      { at, of: [...this.#text, ...confidenceOf(event)], n: { judged: 1 } },
    ];
  }

  #decided(event: TimelineEvent): Fact[] {
    const { at, decision, edited } = event;
    const told = this.#passed(event, 'people', 'approve', { of: 'action', at });
    const group = inGroup(event);
    const looked = this.#looked(event);
    if (decision !== 'approve' && decision !== 'reject') return [...told, ...looked];
    this.#edited = Array.isArray(edited) && edited.length > 0;
    const overridden = decision === 'reject' || this.#edited ? 1 : 0;
    const n = { decided: 1, overridden };
    const ofGroup: Fact[] = group.length > 0 ? [{ at, of: group, n }] : [];
    return [...told, ...looked, this.#fact(event, n), ...ofGroup];
  }

  /** For how long people looked at it before they said so, whatever they said. */
  #looked(event: TimelineEvent): Fact[] {
    const { at, activeSeconds: seconds } = event;
    if (typeof seconds !== 'number') return [];
    const of: Values = [['all', ALL], ...inGroup(event)];
    return [{ at, of, n: { activeSeconds: Math.round(seconds) }, t: { activeMs: seconds * 1000 } }];
  }

  #ended(event: TimelineEvent, name: (typeof ENDS)[number]): Fact[] {
    const { at } = event;
    const acted = name === 'done' ? this.#passed(event, 'action', 'act', undefined) : [];
    const doneEdited = name === 'done' && this.#edited ? 1 : 0;
    const times = { ms: between(this.#began, at) };
    this.#mark = undefined;
    const inAll: Fact = {
      at,
      of: [
        ['all', ALL],
        ['label', this.#labelled()],
      ],
      t: times,
    };
    return [...acted, this.#fact(event, { [name]: 1, ...(doneEdited ? { doneEdited } : {}) }), inAll];
  }

  #rests(event: TimelineEvent, name: (typeof RESTS)[number]): Fact[] {
    this.#mark = undefined;
    // What came behind the verdict is no fault of whoever judged; and of one item that fails again and again, one failure counts.
    const [, part = ''] = this.#arm[0] ?? [];
    if (this.#verdict !== undefined || part === this.#failed) this.#arm = [];
    else if (name !== 'withdrawn') this.#failed = part;
    const fact = this.#fact(event, { [name]: 1 });
    if (name === 'withdrawn') return [fact];
    const { at, error, stage } = event;
    // A run's own word on why it parked an item is its stage's, and has no class.
    const found: ErrorName | 'UnknownError' = ERROR_NAMES.find((it) => it === error) ?? 'UnknownError';
    const where = typeof stage === 'string' ? stage : 'approve';
    return [
      fact,
      {
        at,
        of: [
          ['all', ALL],
          ['stage', where],
        ],
        n: { [found]: 1 },
      },
    ];
  }

  #redriven({ at, from }: TimelineEvent): Fact[] {
    [this.#began, this.#mark, this.#edited] = [at, { of: 'queue', at }, false];
    return from === 'done' ? [this.#fact({ at }, { reopened: 1 })] : [];
  }

  /** What was under way has ended with this event, and the next thing begins. */
  #passed({ at }: { at: string }, of: Mark['of'], stage: Stage, next: Mark | undefined): Fact[] {
    const mark = this.#mark;
    this.#mark = next;
    if (mark?.of !== of) return [];
    return [{ at, of: [['stage', stage]], t: { ms: between(mark.at, at) } }];
  }

  #fact({ at }: { at: string }, n: Tally['n']): Fact {
    const versions = this.#versions.map((version): readonly [Dimension, string] => [
      'promptVersion',
      version,
    ]);
    const verdict: Values = this.#verdict === undefined ? [] : [['verdict', this.#verdict]];
    return { at, of: [...this.#known(), ['label', this.#labelled()], ...verdict, ...versions], n };
  }

  #known(): Values {
    return [['all', ALL], ['client', this.#client], ['door', this.#door], ...this.#arm];
  }

  /** Of an item that nobody has put under a label. */
  #labelled(): string {
    return this.#label ?? 'none';
  }
}

function armOf({ release, arm }: TimelineEvent): Values {
  return typeof release === 'string' && typeof arm === 'string' ? [['arm', armName(release, arm)]] : [];
}

/** Never of a person. Events of earlier versions name no group. */
function inGroup({ group }: TimelineEvent): Values {
  return typeof group === 'string' ? [['group', group]] : [];
}

export function nanoUsd(usd: number): number {
  return Math.round(usd * 1e9);
}

/** Clocks of two functions may differ by a moment: no time is below zero. */
function between(from: string, to: string): number {
  return Math.max(0, Date.parse(to) - Date.parse(from));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : 'none';
}

function isOneOf<const T extends string>(names: readonly T[], name: string): name is T {
  return (names as readonly string[]).includes(name);
}
