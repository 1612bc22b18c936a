/** A piece of a text and of the one that replaced it. */
export interface Piece {
  kind: 'same' | 'removed' | 'added';
  text: string;
}

/** Words compared with words: beyond this the whole middle counts as replaced. */
const MOST_PAIRS = 250_000;

/** What became of a text, word by word; white space belongs to the words. Joined, its pieces are both texts. */
export function differenceOf(before: string, after: string): Piece[] {
  const [old, now] = [wordsOf(before), wordsOf(after)];
  let from = 0;
  while (from < old.length && from < now.length && old[from] === now[from]) from += 1;
  let tail = 0;
  const room = Math.min(old.length, now.length) - from;
  while (tail < room && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail += 1;
  return joined([
    ...old.slice(0, from).map(as('same')),
    ...middleOf(old.slice(from, old.length - tail), now.slice(from, now.length - tail)),
    ...old.slice(old.length - tail).map(as('same')),
  ]);
}

const as = (kind: Piece['kind']) => (text: string) => ({ kind, text });

function wordsOf(text: string): string[] {
  return text.match(/\s+|[^\s]+/g) ?? [];
}

/** The longest common sequence of words stays; what is removed comes before what is added. */
function middleOf(old: readonly string[], now: readonly string[]): Piece[] {
  if (old.length * now.length > MOST_PAIRS || old.length === 0 || now.length === 0)
    return [...old.map(as('removed')), ...now.map(as('added'))];
  const width = now.length + 1;
  // How many words are common from here on, by place in both texts.
  const common = new Uint32Array((old.length + 1) * width);
  const at = (i: number, j: number) => common[i * width + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i -= 1)
    for (let j = now.length - 1; j >= 0; j -= 1)
      common[i * width + j] = old[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const pieces: Piece[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      pieces.push({ kind: 'same', text: old[i] ?? '' });
      [i, j] = [i + 1, j + 1];
    } else if (j >= now.length || (i < old.length && at(i + 1, j) >= at(i, j + 1))) {
      pieces.push({ kind: 'removed', text: old[i] ?? '' });
      i += 1;
    } else {
      pieces.push({ kind: 'added', text: now[j] ?? '' });
      j += 1;
    }
  }
  return pieces;
}

/** Neighbours of one kind are one piece; of a change all that is removed stands before all that is added. */
function joined(pieces: readonly Piece[]): Piece[] {
  const found: Piece[] = [];
  let [removed, added, gap] = ['', '', ''];
  const keep = (kind: Piece['kind'], text: string) => {
    const last = found.at(-1);
    if (text === '') return;
    if (last?.kind === kind) last.text += text;
    else found.push({ kind, text });
  };
  const flush = () => {
    keep('removed', removed);
    keep('added', added);
    keep('same', gap);
    [removed, added, gap] = ['', '', ''];
  };
  for (const { kind, text } of pieces) {
    const changing = removed !== '' || added !== '';
    // A space between two changes belongs to both: without it every word would be a change of its own.
    if (kind === 'same' && text === ' ' && changing && gap === '') gap = text;
    else if (kind === 'same') {
      flush();
      keep('same', text);
    } else {
      [removed, added, gap] = [removed + gap, added + gap, ''];
      if (kind === 'removed') removed += text;
      else added += text;
    }
  }
  flush();
  return found;
}
