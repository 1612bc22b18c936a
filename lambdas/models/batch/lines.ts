import { cutText } from '../../kit/text.ts';
import { at, jsonOf, wordOf } from '../../outbound/refusal.ts';

/* Lines of the files that go to a provider and come back. */

/** What a provider answered to one line. */
export interface Told {
  status: number;
  text: string;
}

/** `path` is the provider's own: behind the part of the address that is the same for all. */
export const CHAT_PATH = '/v1/chat/completions';

export function lineOf(hash: string, body: object): string {
  return JSON.stringify({ custom_id: hash, method: 'POST', url: CHAT_PATH, body });
}

/** A line that came back; without `told` it was not done. Undefined where nobody can tell which it is. */
export interface LineBack {
  hash: string;
  told?: Told;
}

export function lineBack({ text, isCut }: Line): LineBack | undefined {
  const said = isCut ? undefined : jsonOf(text);
  // Half a line is an answer that broke off.
  if (typeof said !== 'object' || said === null) return brokenBack(text);
  const hash = wordOf(at(said, 'custom_id'));
  // Whatever it tells, it is no answer.
  if (!hash) return { hash };
  const response = at(said, 'response');
  const status = statusOf(response);
  if (status === undefined) return { hash };
  return { hash, told: { status, text: JSON.stringify(at(response, 'body') ?? '') } };
}

/** Some providers write the status as text, or leave it out where there is an answer. */
function statusOf(response: unknown): number | undefined {
  const status = at(response, 'status_code');
  if (status === undefined || status === null) return at(response, 'body') ? 200 : undefined;
  const number = typeof status === 'string' && status.trim() !== '' ? Number(status) : status;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function brokenBack(text: string): LineBack | undefined {
  const hash = text.match(/"custom_id"\s*:\s*"([0-9a-f]{1,64})"/)?.[1];
  return hash === undefined ? undefined : { hash, told: { status: 200, text: '{' } };
}

/** The longest line that is read (characters): an answer is far shorter. */
const MOST_CHARACTERS = 8 * 1024 * 1024;
/** Of a longer one this is kept: it says whose it is. */
const BEGINNING = 4096;

export interface Line {
  text: string;
  /** It was too long: `text` is its beginning. */
  isCut: boolean;
}

/** The lines of a body, one after the other. */
export async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<Line, void> {
  const decoder = new TextDecoder();
  let rest = '';
  let isCut = false;
  const line = (text: string): Line[] => {
    const told = { text, isCut: isCut || text.length > MOST_CHARACTERS };
    isCut = false;
    return text.trim() === '' ? [] : [told.isCut ? { ...told, text: cutText(text, BEGINNING) } : told];
  };
  for await (const chunk of body) {
    const lines = decoder.decode(chunk, { stream: true }).split('\n');
    const last = lines.pop() ?? '';
    for (const [at, text] of lines.entries()) yield* line(at === 0 ? rest + text : text);
    rest = lines.length === 0 ? rest + last : last;
    if (rest.length <= MOST_CHARACTERS) continue;
    // The rest of it is not held.
    rest = cutText(rest, BEGINNING);
    isCut = true;
  }
  yield* line(rest + decoder.decode());
}
