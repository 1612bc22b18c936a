/** Why a model stopped, by what happens next: each server has its own words. */
export type Stop = 'whole' | 'called' | 'cut' | 'filtered' | 'refused' | 'failed' | 'unknown';

const STOPS: readonly (readonly [Stop, RegExp])[] = [
  // Some servers say nothing when all is well.
  ['whole', /^(?:|stop|end_turn|eos|eos_token|eos_found|stop_sequence|end|complete|completed|finished)$/],
  // It wants to know something first.
  ['called', /^(?:tool_calls?|function_call|tool_use)$/],
  [
    'cut',
    /^(?:length|max_tokens|max_output_tokens|max_length|model_length|token_limit|incomplete|model_context_window_exceeded)$/,
  ],
  [
    'filtered',
    /^(?:content_?filter(?:ed)?|safety|sensitive|recitation|prohibited_content|blocklist|spii|image_safety|moderation|blocked|guardrail(?:_intervened|s)?|censored|risk_control)$/,
  ],
  ['refused', /^refusal$/],
  [
    'failed',
    /^(?:error|abort|aborted|insufficient_system_resource|cancell?ed|timeout|overloaded|unavailable|network_error|internal_error|interrupted|preempted)$/,
  ],
];

/** An unknown reason never passes for a whole answer. */
export function stopOf(reason: unknown): Stop {
  if (reason === null || reason === undefined) return 'whole';
  const said = typeof reason === 'string' ? reason.toLowerCase() : '?';
  // Some say more behind a colon: `content_filter: RECITATION`.
  const [word = ''] = said.replace(/^\s*finish_reason_/, '').split(':');
  return STOPS.find(([, words]) => words.test(word.trim()))?.[0] ?? 'unknown';
}
