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

const TEXTS = ['content', 'reasoning_content', 'reasoning', 'refusal'] as const;

/** The completion in a body of server-sent events; undefined if it is none, or breaks off early. */
export function streamed(body: string): object | undefined {
  if (!/^\s*(?:data|event|id|retry)?:/.test(body)) return undefined;
  const message: Partial<Record<(typeof TEXTS)[number], string>> & { tool_calls?: unknown } = {};
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
    if (choice?.delta?.tool_calls) message.tool_calls = choice.delta.tool_calls;
  }
  if (!ended && finish === undefined && rest.error === undefined) return undefined;
  return { ...rest, choices: [{ index: 0, finish_reason: finish ?? null, message }] };
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
