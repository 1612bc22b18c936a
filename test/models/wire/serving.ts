import type { ServerResponse } from 'node:http';
import type { Answer, Seen } from '../../support/http.ts';
import type { Dialect, Said } from './dialects.ts';

/** What the mock is to do with a request that is right. */
export type Mood = 'answers' | 'is busy' | 'finds it too long';

/** The server: it looks at address, key, model and fields in this order, as the real one does, then does as its mood says. */
export function serving(
  dialect: Dialect,
  { path, model, texts, mood }: { path: string; model: string; texts: readonly string[]; mood: () => Mood },
): Answer {
  const rest = [...texts];
  return (response, seen) => {
    const said = saidBy(dialect, seen, { path, model, mood });
    if (said) return send(response, said);
    const text = (rest.length > 1 ? rest.shift() : rest[0]) ?? '';
    return send(response, { status: 200, body: dialect.says(text) });
  };
}

function saidBy(
  { key, unknown, fields, wrongKey, noModel, busy, tooLong }: Dialect,
  { path: asked, headers, body }: Seen,
  { path, model, mood }: { path: string; model: string; mood: () => Mood },
): Said | undefined {
  if (asked !== `${path}/chat/completions`) return { status: 404, body: 'Not Found' };
  if (key && headers[key[0]] !== key[1]) return wrongKey;
  const request = JSON.parse(body) as Record<string, unknown>;
  if (request.model !== model) return noModel(String(request.model));
  const strange = Object.keys(request).filter((field) => !fields.includes(field));
  if (strange.length > 0 && unknown !== 'ignores') return unknown(strange);
  if (mood() === 'is busy') return busy;
  return mood() === 'finds it too long' && tooLong !== 'cuts it silently' ? tooLong : undefined;
}

function send(response: ServerResponse, { status, body, headers }: Said): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}
