/** The JSON documents of a text, or why there are none. `cut`: the text lacks a part of a document. */
export type Found = { documents: readonly Document[] } | Fault;

export interface Document {
  json: unknown;
  /** True if it did not stand alone, or was not quite JSON. */
  repaired: boolean;
  /** True if JSON, or an attempt at it, follows: then this may be a draft that the model rejected. */
  followed: boolean;
}

interface Fault {
  fault: string;
  cut: boolean;
}

const NO_JSON: Fault = { fault: 'it is not a JSON document', cut: false };
const CUT: Fault = { fault: 'it breaks off before its end', cut: true };
const LEFT_OUT: Fault = { fault: 'it leaves something out', cut: true };
const CROSSED: Fault = { fault: 'its brackets do not match', cut: false };
const TOO_LONG: Fault = {
  fault: `it holds a whole number beyond ${Number.MAX_SAFE_INTEGER}, which cannot be read exactly`,
  cut: false,
};

/** The repair library. @throws where it finds no JSON */
export type Mend = (text: string) => string;

const NOTHING: Mend = () => {
  throw new Error('nothing is to be mended');
};

/** What mends a text: most answers are JSON, and need no library. */
export async function mendFor(text: string): Promise<Mend> {
  return parsed(text) ? NOTHING : (await import('./mend.ts')).jsonrepair;
}

/**
 * Reads JSON that a model wrapped in prose or a fence, or wrote like Python or JavaScript, without inventing or losing anything.
 * The repair library also closes open brackets, drops `...` and comments, completes half a number, and can mistake `//` in a
 * string for a comment, so that a list comes out short and looks whole. Its result is therefore compared with the text: quotes,
 * commas and colons may differ, words and brackets may not. Otherwise the model is asked again, as it is for good JSON that
 * reading would damage: a field that appears twice would lose its first value, a long number its last digits.
 */
export function documentsIn(text: string, mend: Mend): Found {
  const whole = parsed(text);
  if (whole) return lossIn(whole) ?? { documents: [{ json: whole.json, repaired: false, followed: false }] };
  const chunks = bracketed(text);
  if ('fault' in chunks) return chunks;
  const documents: Document[] = [];
  const last = chunks.findLastIndex(isData);
  let fault = NO_JSON;
  for (const [index, chunk] of chunks.entries()) {
    const leavesOut = chunk.tokens.some(({ text: word, bare }) => bare && LEAVES_OUT.test(word));
    const read = parsed(chunk.text) ?? (leavesOut ? undefined : mended(chunk, mend));
    const loss = read && lossIn(read);
    // Even if another document is good: we do not guess which one was meant.
    if (loss) return loss;
    if (read)
      documents.push({ json: read.json, repaired: true, followed: index < last || isTakenBack(text, chunk) });
    else if (leavesOut) fault = LEFT_OUT;
  }
  return documents.length > 0 ? { documents } : fault;
}

/** Only a hint, in English: a model that takes back an answer in other words goes unnoticed. */
const TAKEN_BACK =
  /\b(?:final answer|final:|actually|correction|on second thou?ghts?|scratch that|disregard|never ?mind|revised|corrected|wait[,.:;!—-]|(?:that|this)(?:'s| is| was) (?:wrong|not right|not correct|incorrect))/i;

function isTakenBack(text: string, { end }: Chunk): boolean {
  return TAKEN_BACK.test(text.slice(end));
}

/** Whether it holds a field or a text. `[2]` is a reference, `[ ]` a checkbox, `{name}` a placeholder. */
function isData({ tokens }: Chunk): boolean {
  const isGap = tokens.length === 3 && tokens[0]?.text === '{' && tokens[1]?.bare === true;
  return !isGap && tokens.some(({ text, bare }) => !bare || text === '{');
}

/** An ellipsis, or the start of a comment. */
const LEAVES_OUT = /\.{3}|…|\/[/*]/;

/** A text that is JSON, and what it says. */
interface Parsed {
  text: string;
  json: unknown;
}

function parsed(text: string): Parsed | undefined {
  try {
    return { text, json: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** What `JSON.parse` would lose silently. */
function lossIn({ text, json }: Parsed): Fault | undefined {
  const isScalar = typeof json !== 'object' || json === null;
  const chunks = isScalar ? [{ tokens: [{ text: text.trim(), bare: true }] }] : bracketed(text);
  if ('fault' in chunks) return chunks;
  /** For each open bracket, outermost first: the fields of an object so far, or undefined for a list. */
  const open: (Set<string> | undefined)[] = [];
  let isName = false;
  for (const { text: word, bare } of chunks.flatMap(({ tokens }) => tokens)) {
    if (isName && !bare) {
      if (open.at(-1)?.has(word)) return { fault: `it names "${word}" twice in one object`, cut: false };
      open.at(-1)?.add(word);
      isName = false;
      continue;
    }
    if (bare && isLong(word)) return TOO_LONG;
    if (bare && (word === '{' || word === '[')) open.push(word === '{' ? new Set() : undefined);
    else if (bare && (word === '}' || word === ']')) open.pop();
    // In an object, a field name follows the opening bracket and each value.
    isName = open.at(-1) !== undefined;
  }
  return undefined;
}

function isLong(word: string): boolean {
  if (/^-?\d+(?:\.0*)?$/.test(word)) return !Number.isSafeInteger(Number(word));
  return /^-?\d/.test(word) && !Number.isFinite(Number(word));
}

function mended({ text, tokens }: Chunk, mend: Mend): Parsed | undefined {
  try {
    const repaired = mend(text);
    const chunks = bracketed(repaired);
    if ('fault' in chunks || chunks.length !== 1) return undefined;
    const [before, after] = [tokens, chunks[0]?.tokens ?? []].map((list) => list.map(spelled).join('\n'));
    return before === after ? parsed(repaired) : undefined;
  } catch {
    return undefined;
  }
}

const PYTHON: Record<string, string> = { None: 'null', True: 'true', False: 'false' };

function spelled({ text, bare }: Token): string {
  return JSON.stringify((bare && PYTHON[text]) || text);
}

interface Chunk {
  text: string;
  /** Where the text continues. */
  end: number;
  tokens: readonly Token[];
}

interface Token {
  text: string;
  /** True outside of quotes. */
  bare: boolean;
}

/** Every part of the text from an outermost opening bracket to its closing one. */
function bracketed(text: string): Chunk[] | Fault {
  const chunks: Chunk[] = [];
  const open: string[] = [];
  let tokens: Token[] = [];
  let start = 0;
  let word = '';
  let before = '';
  const endWord = () => {
    if (word) tokens.push({ text: word, bare: true });
    word = '';
  };
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    const opens = char === '{' || char === '[';
    if (open.length === 0 && opens) {
      start = at;
      tokens = [];
    }
    if (opens) open.push(char === '{' ? '}' : ']');
    else if ((char === '}' || char === ']') && open.pop() !== char) return CROSSED;
    if (open.length > 0 && (char === '"' || (char === "'" && '{[,:'.includes(before)))) {
      // An apostrophe opens a string only where one may start: elsewhere it is part of a word.
      const end = endOfString(text, at);
      if (end === undefined) return CUT;
      endWord();
      tokens.push({ text: unquoted(text.slice(at + 1, end), char), bare: false });
      at = end;
    } else if (/[\s,:{}[\]]/.test(char)) {
      endWord();
      if (/[{}[\]]/.test(char)) tokens.push({ text: char, bare: true });
      if ((char === '}' || char === ']') && open.length === 0)
        chunks.push({ text: text.slice(start, at + 1), end: at + 1, tokens });
    } else if (open.length > 0) word += char;
    if (char.trim()) before = char;
  }
  return open.length > 0 ? CUT : chunks;
}

function endOfString(text: string, start: number): number | undefined {
  const quote = text.charAt(start);
  for (let at = start + 1; at < text.length; at++) {
    if (text.charAt(at) === '\\') at++;
    else if (text.charAt(at) === quote) return at;
  }
  return undefined;
}

/** The value of a string; if it cannot be read, its raw text, which then matches nothing. */
function unquoted(raw: string, quote: string): string {
  const double =
    quote === '"' ? raw : raw.replaceAll("\\'", "'").replace(/\\.|"/gs, (it) => (it === '"' ? '\\"' : it));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a line break that was not escaped is one.
  const escaped = double.replace(/[\u0000-\u001f]/g, (it) => JSON.stringify(it).slice(1, -1));
  const said = parsed(`"${escaped}"`)?.json;
  return typeof said === 'string' ? said : raw;
}
