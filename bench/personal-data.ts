import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PERSONAL_KINDS, type PersonalKind } from '../lambdas/contract/item/privacy.ts';
import { detect } from '../lambdas/privacy/detect/detect.ts';
import { recognise } from '../lambdas/privacy/names/names.ts';

/** A text, and what people marked in it; from `start` up to `end`. */
export interface Marked {
  text: string;
  gold: readonly Gold[];
}

interface Gold {
  label: string;
  start: number;
  end: number;
}

export interface Score {
  /** By the data's label: how many were covered, of how many. */
  recall: ReadonlyMap<string, Share>;
  /** By our kind: how many meet nothing that is marked, of how many were found. */
  falsely: ReadonlyMap<PersonalKind, Share>;
}

export interface Share {
  hits: number;
  of: number;
}

export const shareOf = ({ hits, of }: Share): number => (of === 0 ? 0 : hits / of);

/*
 * Both data sets were written by models, and their labels are noisy. A mark counts if it may be what its label says (an address has
 * an `@`, a phone number six digits, a name a capital letter and no bracket of a template); titles before a name are no part of it.
 */
const WELL_FORMED: Readonly<Record<string, RegExp>> = {
  EMAIL: /^[^\s[\]]+@[^\s[\]]+\.[^\s[\]]+$/,
  PHONE: /^[^[\]]*(?:\d[^[\]\d]*){7,}$/,
  NAME: /^\p{Lu}\p{Ll}[^[\]]*$/u,
  PERSON: /^\p{Lu}\p{Ll}/u,
  ADDRESS: /^[^[\]]*\d[^[\]]*$/,
  NIP: /\d{3}/,
  PESEL: /\d{11}/,
  IBAN: /^[A-Z]{2}\d{2}[A-Z0-9 ]{11,}$/,
  ROUTING_NUMBER: /^\d{9}$/,
};

const TITLE = /^(?:(?:Mr|Mrs|Ms|Dr|Prof|Officer|Professor|Miss)\.? )/;

/** How much of what is marked is found, and how much of what is found is marked. */
export function scoreOf(data: readonly Marked[]): Score {
  const recall = new Map<string, Share>();
  const falsely = new Map<PersonalKind, Share>();
  for (const { text, gold } of data) {
    const spans = detect(text, PERSONAL_KINDS, recognise);
    for (const { label, start, end } of gold) {
      const value = text.slice(start, end);
      if (!(WELL_FORMED[label]?.test(value) ?? true)) continue;
      const from = start + (TITLE.exec(value)?.[0].length ?? 0);
      const covered = spans.reduce(
        (sum, span) => sum + Math.max(0, Math.min(span.end, end) - Math.max(span.start, from)),
        0,
      );
      // A sign at an edge, such as a quote, is no part of a value.
      add(recall, label, covered >= end - from - 2);
    }
    for (const span of spans)
      add(falsely, span.kind, !gold.some(({ start, end }) => start < span.end && span.start < end));
  }
  return { recall, falsely };
}

function add<K>(shares: Map<K, Share>, key: K, hit: boolean): void {
  const { hits, of } = shares.get(key) ?? { hits: 0, of: 0 };
  shares.set(key, { hits: hits + Number(hit), of: of + 1 });
}

interface Pair {
  context: string;
  anonymized_context: string;
}

/** Pairs of a text and the same text with placeholders: what a placeholder stands for is marked. */
export function readPairs(lines: string): Marked[] {
  return lines
    .split('\n')
    .filter((line) => line.trim())
    .flatMap((line) => {
      const { context, anonymized_context: masked } = JSON.parse(line) as Pair;
      const gold = aligned(context, masked);
      return gold ? [{ text: context, gold }] : [];
    });
}

/** Undefined where the two are not the same text. */
function aligned(text: string, masked: string): Gold[] | undefined {
  const parts = masked.split(/\[([A-Z_]+?)_\d+\]/);
  const gold: Gold[] = [];
  let at = 0;
  for (const [index, part] of parts.entries()) {
    if (index % 2 === 1) continue;
    const label = parts[index - 1];
    const last = index === parts.length - 1;
    if (label !== undefined && part === '' && !last) return undefined;
    const next = label === undefined ? 0 : last ? text.length - part.length : text.indexOf(part, at + 1);
    if (next < at || !text.startsWith(part, next)) return undefined;
    if (label !== undefined) gold.push({ label, start: at, end: next });
    at = next + part.length;
  }
  return gold;
}

interface Listed {
  text: string;
  NER?: readonly { entity?: string; label?: string }[];
}

/** Texts with a list of their values. */
export function readListed(json: string): Marked[] {
  return (JSON.parse(json) as Listed[]).map(({ text, NER = [] }) => ({
    text,
    gold: NER.flatMap(({ entity = '', label = '' }) => {
      const start = entity ? text.indexOf(entity) : -1;
      return start < 0 ? [] : [{ label, start, end: start + entity.length }];
    }),
  }));
}

/** Words and tags in columns, a blank line between texts: people's names are marked. */
export function readColumns(text: string): Marked[] {
  return text.split(/\n\s*\n/).map((block) => {
    const gold: Gold[] = [];
    let all = '';
    for (const line of block.split('\n')) {
      const [word = '', tag] = line.split('\t');
      if (!tag) continue;
      const start = all === '' ? 0 : all.length + 1;
      all += (all === '' ? '' : ' ') + word;
      const last = gold.at(-1);
      if (tag === 'B-person') gold.push({ label: 'PERSON', start, end: all.length });
      else if (tag === 'I-person' && last) last.end = all.length;
    }
    return { text: all, gold };
  });
}

/** The sets below a directory, as far as they are there. */
export function readSets(directory: string): Map<string, Marked[]> {
  const files: readonly [string, string, (text: string) => Marked[]][] = [
    ['contextual_anonymizer', 'contextual_anonymizer/dev/pairs.jsonl', readPairs],
    ['pii_nano', 'pii_nano/dev/pii_nano_dev.json', readListed],
    ['wnut17_names', 'wnut17_names/dev/emerging.dev.conll', readColumns],
  ];
  const there = files.filter(([, file]) => existsSync(join(directory, file)));
  if (there.length === 0)
    throw new Error(`${directory} has none of these: ${files.map(([, file]) => file).join(', ')}`);
  return new Map(
    there.map(([name, file, read]) => [name, read(readFileSync(join(directory, file), 'utf8'))] as const),
  );
}
