/** So many that no lines beside them are read: each costs the parser some kilobytes. */
const MOST_LINES = 100_000;

/** As long as lines of an encoded attachment are. */
const ENCODED = { from: 60, to: 100 };

const BLANK = 32;

/** Whether a mail has more lines of text than anybody writes. Lines of an encoded attachment do not count. */
export function hasTooManyLines(bytes: Uint8Array): boolean {
  let lines = 0;
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(10, from);
    const to = end === -1 ? bytes.length : end;
    const length = to - from;
    const isEncoded =
      length >= ENCODED.from && length <= ENCODED.to && !bytes.subarray(from, to).includes(BLANK);
    if (!isEncoded) lines += 1;
    if (lines > MOST_LINES) return true;
    from = to + 1;
  }
  return false;
}
