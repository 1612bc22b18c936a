import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Next } from '../../local/load/random.ts';

/* Public sets of messages with their labels, as streams of items. */

export interface Message {
  text: string;
  label: string;
}

export interface Stream {
  name: string;
  messages: Message[];
  labels: string[];
}

/** Of a set's folder, whichever parts of it there are. @throws Error where there is none */
function files(folder: string, end: string): string[] {
  const found = filesIn(folder, end);
  if (found.length === 0) throw new Error(`--data: no '${end}' of a set is in ${folder}`);
  return found;
}

function filesIn(folder: string, end: string): string[] {
  const parts = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [];
  return parts
    .filter((part) => part.isDirectory())
    .flatMap((part) =>
      readdirSync(join(folder, part.name)).flatMap((file) =>
        file.endsWith(end) ? [readFileSync(join(folder, part.name, file), 'utf8')] : [],
      ),
    );
}

/** 77 intents of a bank's customers. */
export function banking77(data: string, next: Next): Stream {
  const messages = files(join(data, 'banking77'), '.csv').flatMap((csv) =>
    [...csv.matchAll(/^(?:"((?:[^"]|"")*)"|([^",\n]*)),([^,\n"]+?)\r?$/gm)].flatMap(
      ([, quoted, plain = '', label = '']) =>
        label === 'category' ? [] : [{ text: quoted?.replaceAll('""', '"') ?? plain, label }],
    ),
  );
  return { name: 'banking77, 77 labels', messages: mixed(messages, next), labels: labelsOf(messages) };
}

/** The ten domains of CLINC150 as labels, and as many messages of none of them as make the share. */
export function tenDomains(data: string, share: number, next: Next): Stream {
  const domains = new Map<string, string>();
  const messages: Message[] = [];
  const outside: string[] = [];
  for (const json of files(join(data, 'clinc150_oos'), '.json')) {
    const read = JSON.parse(json) as Record<string, readonly (string | [string, string])[]>;
    for (const [name, list] of Object.entries(read))
      for (const one of list)
        if (typeof one === 'string') domains.set(one, name);
        else if (one[1] === 'oos') outside.push(one[0]);
        else messages.push({ text: one[0], label: one[1] });
  }
  const sorted = messages.map(({ text, label }) => ({ text, label: domains.get(label) ?? label }));
  const missing = Math.round((share / (1 - share)) * sorted.length) - outside.length;
  const others = mixed(sentences(data), next).slice(0, Math.max(0, missing));
  const oos = [...outside, ...others].map((text) => ({ text, label: OUTSIDE }));
  return {
    name: `CLINC150, 10 domains, ${oos.length} of ${sorted.length + oos.length} out of scope (${outside.length} of them its own)`,
    messages: mixed([...sorted, ...oos], next),
    labels: labelsOf(sorted),
  };
}

/** What a router says of what fits none of its labels. */
export const OUTSIDE = 'other';

/** What people write to nobody in particular: sentences of WNUT17, where CLINC150 has too few of its own that are out of scope. */
function sentences(data: string): string[] {
  return filesIn(join(data, 'wnut17_names'), '.conll').flatMap((conll) =>
    conll
      .split(/\n\s*\n/)
      .map((sentence) =>
        sentence
          .split('\n')
          .map((line) => line.split('\t')[0])
          .join(' ')
          .trim(),
      )
      .filter(({ length }) => length > 15),
  );
}

function labelsOf(messages: readonly Message[]): string[] {
  return [...new Set(messages.map(({ label }) => label))].sort();
}

function mixed<T>(list: readonly T[], next: Next): T[] {
  return list
    .map((one) => ({ one, at: next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);
}
