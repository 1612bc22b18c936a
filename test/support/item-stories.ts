import type { ItemRow, LineageEntry, TimelineEvent } from '../../lambdas/contract/item/row.ts';
import type { ItemStatus } from '../../lambdas/contract/item/status.ts';
import { itemRow } from './fixtures.ts';

/*
 * Items as the stages write them, write by write, with all that happens to some: second deliveries, waits, errors, redrives, people who
 * reject, edit and send back, promises, items taken back, erased and expired. Beside them stands what has happened, told by who made it
 * happen and not by the rows.
 */

/** Something that happened, in words of its own. */
export interface Happened {
  automation: string;
  hour: string;
  what: string;
}

export interface Told {
  /** Each item's rows, in the order of their writes. */
  writes: ItemRow[][];
  happened: Happened[];
  /** Times from reception, or a redrive, to the end, in milliseconds. */
  totals: Happened[];
}

export const LABELS = ['billing', 'delivery', 'returns', 'other'];
export const LANGUAGES = ['de', 'en', 'unknown'];
const CLIENTS = ['shop', 'desk', 'partner'];
const DOORS = [undefined, 'mail', 'schedule'];
const BEGIN = Date.parse('2026-12-01T06:00:00.000Z');

/** The same numbers each time, from 0 to below 1. */
export function numbersFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** @param hours over which they come. @param faults how many of a hundred items meet each of the faults */
export function itemStories(
  seed: number,
  {
    items,
    hours,
    automations,
    faults,
  }: { items: number; hours: number; automations: readonly string[]; faults: number },
): Told {
  const told: Told = { writes: [], happened: [], totals: [] };
  const random = numbersFrom(seed);
  for (let index = 0; index < items; index += 1) {
    const at = BEGIN + Math.floor(random() * hours * 3_600_000);
    told.writes.push(new Life(told, random, faults / 100, { index, at, automations }).lived());
  }
  return told;
}

class Life {
  readonly #told: Told;
  readonly #random: () => number;
  readonly #fault: number;
  readonly #rows: ItemRow[] = [];
  #now: number;
  #began: number;
  #edited = false;
  /** When the last event was. */
  #last = '';

  constructor(
    told: Told,
    random: () => number,
    fault: number,
    { index, at, automations }: { index: number; at: number; automations: readonly string[] },
  ) {
    [this.#told, this.#random, this.#fault, this.#now, this.#began] = [told, random, fault, at, at];
    const client = this.#one(CLIENTS);
    const automation = this.#one(automations);
    const door = this.#one(DOORS);
    const received = this.#event('received', { client, priority: 'normal', ...(door ? { door } : {}) });
    this.#rows.push(
      itemRow({
        ...{ id: `${automation}_${String(index).padStart(32, '0')}`, automation, client },
        ...{ receivedAt: received.at, updatedAt: received.at, timeline: [received] },
      }),
    );
    for (const what of ['received', `received:client:${client}`, `received:door:${door ?? 'api'}`])
      this.#happens(what);
  }

  lived(): ItemRow[] {
    this.#thinks(1);
    return this.#rows;
  }

  #thinks(tries: number): void {
    this.#write('processing', [this.#event('processing', { attempt: 1 })]);
    // Another delivery takes it up, or a heartbeat extends the lease.
    if (this.#meets()) this.#write('processing', [this.#event('processing', { attempt: 2 })]);
    if (this.#meets()) this.#write('processing', [], { leaseUntil: this.#now });
    if (this.#meets()) this.#write('processing', [this.#event('waiting', { reason: 'busy' })]);
    if (this.#meets()) {
      this.#fails('route', tries);
      return;
    }
    const label = this.#one(LABELS);
    const verdict = this.#pick({ act: 0.6, ask: 0.3, refuse: 0.1 });
    const language = this.#one(LANGUAGES);
    const confidence = this.#one([null, 0.55, 0.93, 1]);
    const characters = Math.floor(Math.exp(3 + 5 * this.#random()));
    const thought = [this.#event('prepared', { characters, language }), this.#event('routed', { label })];
    const failed = this.#meets() ? [this.#call('evaluate', true)] : [];
    const calls = [this.#call('route'), ...failed, this.#call('evaluate')];
    thought.push(this.#event('evaluated'), this.#event('gated', { verdict, confidence }));
    const sure = confidence === null ? 'none' : confidence === 0.55 ? 'half' : 'high';
    const judged = ['judged', `judged:label:${label}`, `judged:verdict:${verdict}`];
    for (const what of [...judged, `judged:language:${language}`, `judged:confidence:${sure}`])
      this.#happens(what);
    if (verdict === 'ask') this.#happens(`judgedAsk:label:${label}`);
    if (characters < 64) this.#happens('judged:length:short');
    const lineage = [...(this.#row.lineage ?? []), ...calls];
    const set = { label, verdict, lineage };
    if (verdict !== 'refuse') this.#write('processing', thought, set);
    else this.#write('refused', [...thought, this.#ends('refused', label)], set);
    if (verdict === 'act') this.#acts(label, tries);
    if (verdict === 'ask') this.#asks(label, tries);
  }

  #asks(label: string, tries: number): void {
    this.#write('waiting_approval', [this.#event('waiting_approval', { approvalId: 'a', group: 'leads' })]);
    this.#happens('asked');
    this.#now += Math.floor(this.#random() * 7_200_000);
    const said = this.#pick({ approve: 0.6, edit: 0.1, reject: 0.1, again: 0.1, expired: 0.1 });
    if (said === 'expired') {
      this.#closes('expired', label);
      return;
    }
    const decision = said === 'edit' ? 'approve' : said;
    const edited = said === 'edit' ? { edited: ['amount'] } : {};
    const activeSeconds = Math.floor(this.#random() * 200);
    const voice = { decision, by: 'ann@example.com', group: 'leads', activeSeconds };
    this.#write('processing', [this.#event('decided', { ...voice, ...edited })]);
    this.#happens(`active:${activeSeconds}`);
    if (said === 'again') {
      this.#thinksAgain(tries);
      return;
    }
    this.#happens('decided');
    if (said !== 'approve') this.#happens('overridden');
    if (said === 'reject') {
      this.#closes('rejected', label);
      return;
    }
    this.#edited = said === 'edit';
    this.#acts(label, tries);
  }

  #acts(label: string, tries: number): void {
    this.#write('acting', [this.#event('acting', { attempt: 1 })]);
    if (this.#meets()) {
      this.#fails('act', tries);
      return;
    }
    const acted = this.#event('acted');
    this.#write('done', [acted, this.#ends('done', label)]);
    if (this.#edited) this.#happens('doneEdited');
    if (this.#meets()) this.#promised();
    if (this.#meets()) {
      this.#write('done', [this.#event('compensation_asked', { child: 'x' })]);
      this.#happens('reversed');
    }
    const [erased, again] = [this.#meets(), this.#meets()];
    if (erased) this.#write('done', [this.#event('erased', { by: 'olga@example.com' })]);
    else if (again && tries < 3) this.#redriven(tries, 'done');
  }

  #fails(stage: string, tries: number): void {
    const status = this.#pick({ parked: 0.7, quarantined: 0.3 });
    const error = this.#one(['TransientError', 'InputError', 'SystemError'] as const);
    this.#write(status, [this.#event(status, { stage, error, reason: 'facts' })], {
      error: { class: error, message: 'facts' },
    });
    for (const what of [status, `error:${error}`, `error:${error}:stage:${stage}`]) this.#happens(what);
    const next = this.#pick({ redriven: 0.6, withdrawn: 0.2, stays: 0.2 });
    if (next === 'redriven' && tries < 3) this.#redriven(tries, status);
    if (next === 'withdrawn') {
      this.#write('withdrawn', [this.#event('withdrawn', { by: 'shop' })]);
      this.#happens('withdrawn');
    }
  }

  #redriven(tries: number, from: ItemStatus): void {
    this.#now += Math.floor(this.#random() * 3_600_000);
    const redriven = this.#event('redriven', { from, reason: 'mended' });
    this.#write('received', [redriven]);
    if (from === 'done') this.#happens('reopened');
    this.#began = Date.parse(redriven.at);
    this.#edited = false;
    this.#thinksAgain(tries);
  }

  #thinksAgain(tries: number): void {
    this.#write('processing', [this.#event('thinking_again', { generation: tries + 1 })]);
    this.#thinks(tries + 1);
  }

  #promised(): void {
    const met = this.#random() < 0.8;
    const dueAt = new Date(this.#began + 3_600_000).toISOString();
    if (this.#row.promised) return;
    this.#write('done', [], { promised: { dueAt, met } });
    for (const what of ['promised', ...(met ? ['met'] : [])]) this.#happens(what, dueAt);
  }

  #closes(status: 'rejected' | 'expired', label: string): void {
    this.#now += 1000;
    this.#write(status, [this.#ends(status, label)]);
  }

  #ends(status: string, label: string): TimelineEvent {
    const end = this.#event(status);
    for (const what of [status, `${status}:label:${label}`]) this.#happens(what);
    const { automation } = this.#row;
    const what = String(Date.parse(end.at) - this.#began);
    this.#told.totals.push({ automation, hour: end.at.slice(0, 13), what });
    return end;
  }

  #call(step: string, failed = false): LineageEntry {
    const model = this.#one(['small-1', 'large-2']);
    const costUsd = failed ? 0 : Math.round(this.#random() * 1e6) / 1e8;
    const at = new Date(this.#now).toISOString();
    const whats = ['calls', `calls:model:${model}`, `usd:${Math.round(costUsd * 1e9)}`];
    for (const what of [...whats, ...(failed ? ['failed'] : [])]) this.#happens(what, at);
    return {
      ...{
        at,
        step,
        model,
        endpoint: 'house',
        promptVersion: `${step}.v3`,
        promptHash: '0123456789ab',
        route: 'tier',
      },
      ...{ cached: false, costUsd, inputTokens: 900, cachedTokens: 0, outputTokens: 120, price: 'p' },
      ...{ milliseconds: Math.floor(this.#random() * 4000), ...(failed ? { failure: 'timeout' } : {}) },
    };
  }

  #write(status: ItemStatus, events: readonly TimelineEvent[], set: Partial<ItemRow> = {}): void {
    const updatedAt = new Date(this.#now).toISOString();
    const { timeline } = this.#row;
    this.#rows.push({ ...this.#row, ...set, status, updatedAt, timeline: [...timeline, ...events] });
  }

  get #row(): ItemRow {
    return this.#rows.at(-1) as ItemRow;
  }

  /** At this moment; the next is later. */
  #event(event: string, facts: Record<string, unknown> = {}): TimelineEvent {
    const at = new Date(this.#now).toISOString();
    this.#last = at;
    this.#now += 1 + Math.floor(this.#random() ** 4 * 30_000);
    return { at, event, ...facts };
  }

  #happens(what: string, at = this.#last): void {
    this.#told.happened.push({ automation: this.#row.automation, hour: at.slice(0, 13), what });
  }

  #meets(): boolean {
    return this.#random() < this.#fault;
  }

  #one<T>(all: readonly T[]): T {
    return all[Math.floor(this.#random() * all.length)] as T;
  }

  #pick<K extends string>(shares: Readonly<Record<K, number>>): K {
    let left = this.#random();
    for (const [kind, share] of Object.entries<number>(shares)) {
      left -= share;
      if (left < 0) return kind as K;
    }
    return Object.keys(shares).at(-1) as K;
  }
}
