/*
 * Some servers stream although nobody asked. The joined parts of the first choice are the completion.
 */

interface Delta {
  content?: unknown;
  reasoning_content?: unknown;
  reasoning?: unknown;
  refusal?: unknown;
  tool_calls?: unknown;
}

interface Part {
  choices?:
    | ({ index?: unknown; delta?: Delta | null; finish_reason?: unknown; error?: unknown } | null)[]
    | null;
  model?: unknown;
  usage?: unknown;
  error?: unknown;
}

/** A call comes in pieces too: its name first, then its arguments, by its place. */
interface Called {
  function: { name: string; arguments: string };
}

/** More of them are nobody's call. */
const MOST_PLACES = 100;

const TEXTS = ['content', 'reasoning_content', 'reasoning', 'refusal'] as const;

/** The completion in a body of server-sent events; undefined if it is none, or breaks off early. */
export function streamed(body: string): object | undefined {
  if (!/^\s*(?:data|event|id|retry)?:/.test(body)) return undefined;
  const message: Partial<Record<(typeof TEXTS)[number], string>> & { tool_calls?: Called[] } = {};
  const called: Called[] = [];
  let finish: unknown;
  let ended = false;
  const rest: { model?: unknown; usage?: unknown; error?: unknown } = {};
  for (const data of events(body)) {
    if (data === '[DONE]') ended = true;
    const part = parsed(data);
    if (!part) continue;
    if (part.error) return { error: part.error };
    if (part.model) rest.model = part.model;
    if (part.usage) rest.usage = part.usage;
    const choice = part.choices?.find((one) => (one?.index ?? 0) === 0);
    if (choice?.error) rest.error = choice.error;
    if (choice?.finish_reason) finish = choice.finish_reason;
    for (const field of TEXTS) {
      const text = choice?.delta?.[field];
      if (typeof text === 'string') message[field] = (message[field] ?? '') + text;
    }
    for (const call of listOf(choice?.delta?.tool_calls)) addTo(called, call);
  }
  if (called.length > 0) message.tool_calls = called.filter((call) => call !== undefined);
  if (!ended && finish === undefined && rest.error === undefined) return undefined;
  return { ...rest, choices: [{ index: 0, finish_reason: finish ?? null, message }] };
}

function listOf(said: unknown): unknown[] {
  return Array.isArray(said) ? said : [];
}

function addTo(called: Called[], piece: unknown): void {
  const { index, function: said } = (piece ?? {}) as { index?: unknown; function?: unknown };
  const { name, arguments: given } = (said ?? {}) as { name?: unknown; arguments?: unknown };
  const place = typeof index === 'number' ? index : called.length;
  if (!Number.isInteger(place) || place < 0 || place >= MOST_PLACES) return;
  const call = called[place] ?? { function: { name: '', arguments: '' } };
  called[place] = call;
  if (typeof name === 'string') call.function.name += name;
  if (typeof given === 'string') call.function.arguments += given;
  else if (given) call.function.arguments += JSON.stringify(given);
}

/** The data of each event; several lines of one event are joined by line breaks. */
function events(body: string): string[] {
  return body.split(/\r?\n\r?\n|\r\r/).map((event) =>
    event
      .split(/\r?\n|\r/)
      .flatMap((line) => (line.trimStart().startsWith('data:') ? [line.trimStart().slice(5).trim()] : []))
      .join('\n'),
  );
}

function parsed(text: string): Part | undefined {
  try {
    const part = JSON.parse(text) as unknown;
    return typeof part === 'object' && part !== null ? (part as Part) : undefined;
  } catch {
    return undefined;
  }
}
