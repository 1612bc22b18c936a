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

/** A line that came back; undefined where nobody can tell which. Without `told` the line was not done. */
export interface LineBack {
  hash: string;
  told?: Told;
}

export function lineBack(line: string): LineBack | undefined {
  const said = jsonOf(line);
  const hash = wordOf(at(said, 'custom_id'));
  if (!hash) return undefined;
  const response = at(said, 'response');
  const status = at(response, 'status_code');
  if (typeof status !== 'number') return { hash };
  return { hash, told: { status, text: JSON.stringify(at(response, 'body') ?? '') } };
}

/** The longest line that is read: an answer is far shorter. */
const MOST_BYTES = 8 * 1024 * 1024;

/** The lines of a body, one after the other. @throws Error where one of them is too long to be one */
export async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    yield* lines.filter((line) => line.trim() !== '');
    if (rest.length > MOST_BYTES) throw new Error('a line is too long');
  }
  rest += decoder.decode();
  if (rest.trim() !== '') yield rest;
}
