import * as z from 'zod/mini';
import { type ApiEvent, Problem } from '../shared/http.ts';

/** An operator's body; none at all is an empty one. @throws Problem 400 naming each wrong field */
export function readBody<Type extends z.ZodMiniType>(event: ApiEvent, type: Type): z.output<Type> {
  const { body = '', isBase64Encoded } = event;
  const text = isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body;
  const parsed = z.safeParse(type, parseJson(text.trim() || '{}'));
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ pointer: `/${key.slice(0, 80)}`, message: 'unknown field: remove it' }))
      : [{ pointer: issue.path.map((part) => `/${String(part)}`).join(''), message: issue.message }],
  );
  throw wrongBody(errors);
}

export function wrongBody(errors: { pointer: string; message: string }[]): Problem {
  return new Problem(400, 'the body is not valid', { errors: errors.slice(0, 100) });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw wrongBody([{ pointer: '', message: 'must be a JSON document' }]);
  }
}
