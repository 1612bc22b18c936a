/*
 * Models think aloud in the same text as their answer. Each family has its own marks, servers strip them or leave half of them,
 * and a draft in a thought may fit the schema as well as the answer does. Only the text after the last thought is read.
 */

export interface Spoken {
  /** The text after the thoughts: the whole text if there are none. */
  rest: string;
  /** `open`: the text ends in a thought. */
  thoughts: 'none' | 'closed' | 'open';
}

/** A mark around a thought, a sign of Harmony's channels, or the word left of a stripped sign. */
const MARK =
  /(?<sign>[<＜◁]|&lt;)(?<gap>\s*)(?<slash>[/|]*)\s*(?<name>[\p{L}_][\p{L}\p{N}_:.-]{0,60})|\[(?<square>\/?(?:think|thinking|thought|reasoning))\]|(?<final>assistantfinal)|(?<comment><!--|-->)|```(?<fence>[ \t]*\w*)/giu;

const STEMS =
  /think|thought|reason|reflect|analy[sz]|scratch_?pad|deliberat|monologue|rationale|draft|^details$|^unused9[45]$/i;
const ANSWER = /^(?:final_?)?answer$|^final(?:_(?:output|response))?$/i;
/** `<|begin_of_thought|>`, `<|END_THINKING|>`. */
const BEGINS = /^(?:begin|start)_(?:of_)?/i;
const ENDS = /^end_(?:of_)?/i;

/** The text after the last thought. A quoted mark ends none: an item cannot end the model's thought. */
export function spokenIn(text: string): Spoken {
  if (isJson(text)) return { rest: text, thoughts: 'none' };
  const open = new Open();
  let from = 0;
  let looks = 0;
  if (/^\s*analysis(?=[A-Z]|\s*\n)/.test(text)) open.push(CHANNEL);
  for (const match of text.matchAll(MARK)) {
    const mark = markOf(match, text, open.has(FENCE));
    if (!mark) continue;
    if (mark.opens) {
      open.push(mark.name);
      continue;
    }
    if (OPENING_QUOTE.test(text.slice(Math.max(0, match.index - 2), match.index))) continue;
    // If nothing is open, the server's chat template opened it. Inside a thought it is a plain word.
    if (!open.has(mark.name) && (open.depth > 0 || mark.onlyOpen)) continue;
    open.closeTo(mark.name);
    if (open.depth > 0) continue;
    from = mark.end;
    // From here on all is JSON: apparent marks are parts of strings.
    looks += 1;
    if (looks <= MOST_LOOKS && isJson(text.slice(from))) break;
  }
  if (open.depth > 0) return { rest: '', thoughts: 'open' };
  return { rest: text.slice(from), thoughts: from === 0 ? 'none' : 'closed' };
}

/** The open thoughts, outermost first. A body may hold a hundred thousand, so lookups must not scan them. */
class Open {
  readonly #names: string[] = [];
  readonly #counts = new Map<string, number>();

  get depth(): number {
    return this.#names.length;
  }

  has(name: string): boolean {
    return (this.#counts.get(name) ?? 0) > 0;
  }

  push(name: string): void {
    this.#names.push(name);
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  /** Closes the innermost one of that name, and all inside it. */
  closeTo(name: string): void {
    for (let closed: string | undefined; closed !== name && this.depth > 0; ) {
      closed = this.#names.pop() ?? '';
      this.#counts.set(closed, (this.#counts.get(closed) ?? 1) - 1);
    }
  }
}

/** Each look reads the rest of the text. */
const MOST_LOOKS = 20;

const CHANNEL = 'channel';
const FENCE = 'fence';
const OPENING_QUOTE = /(?:^|[\s(:])["'`“„«]$/;

interface Mark {
  name: string;
  opens: boolean;
  /** It only ends an open thought; without one it means nothing. */
  onlyOpen?: boolean;
  /** Where the text continues. */
  end: number;
}

function markOf(
  { index, 0: whole, groups = {} }: RegExpMatchArray,
  text: string,
  inFence: boolean,
): Mark | undefined {
  const behind = (index ?? 0) + whole.length;
  const { gap, slash = '', square, final, comment, fence } = groups;
  const name = groups.name?.normalize('NFKC');
  if (final) return { name: CHANNEL, opens: false, end: behind };
  if (square)
    return { name: square.replace('/', '').toLowerCase(), opens: !square.startsWith('/'), end: behind };
  if (comment) return { name: 'comment', opens: comment === '<!--', onlyOpen: true, end: behind };
  // A fence inside a fence of thoughts closes first.
  if (fence !== undefined && (!fence.trim() || inFence || STEMS.test(fence)))
    return { name: FENCE, opens: fence.trim() !== '', onlyOpen: true, end: behind };
  if (!name) return undefined;
  const end = endOfSign(text, behind);
  // "less than reasonable" is no mark.
  if (gap && !/^\s*\|?\s*(?:[>＞▷]|&gt;)/.test(text.slice(behind, behind + 10))) return undefined;
  if (slash.includes('|') && /^channel$/i.test(name)) return channelOf(text, end);
  if (slash.includes('|') && /^end$/i.test(name)) return { name: CHANNEL, opens: false, onlyOpen: true, end };
  // The model calls this its answer: the text before it is none.
  if (ANSWER.test(name) && !slash.includes('/')) return { name: 'answer', opens: false, end };
  if (!STEMS.test(name)) return undefined;
  if (/^unused9/i.test(name)) return { name: 'unused', opens: name.endsWith('4'), end };
  const closes = slash.includes('/') || ENDS.test(name);
  if (!closes && text.slice(behind, end).endsWith('/>')) return undefined;
  return { name: name.replace(closes ? ENDS : BEGINS, '').toLowerCase(), opens: !closes, end };
}

/** The final channel ends the thoughts of the others. */
function channelOf(text: string, end: number): Mark {
  const said = /^\s*(\w*)(?:[^<{[]{0,200}<\|message\|>)?/.exec(text.slice(end, end + 300));
  const isFinal = /^final$/i.test(said?.[1] ?? '');
  return { name: CHANNEL, opens: !isFinal, end: end + (said?.[0].length ?? 0) };
}

/** After the bracket that closes a mark, if there is one: attributes belong to the mark. */
function endOfSign(text: string, from: number): number {
  const rest = /^(?:(?!&gt;)[^<>＜＞◁▷]){0,1000}(?:[>＞▷]|&gt;)/.exec(text.slice(from, from + 1010));
  return from + (rest?.[0].length ?? 0);
}

function isJson(text: string): boolean {
  if (!/^\s*[{["]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
