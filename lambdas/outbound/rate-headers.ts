import { clock } from '../kit/clock.ts';

/**
 * What an endpoint says of its limits, by OpenAI's names or Mistral's. Undefined where it says nothing; servers without limits also
 * send 0 and -1.
 */
export interface RateHeaders {
  limitRequests: number | undefined;
  limitTokens: number | undefined;
  remainingRequests: number | undefined;
  remainingTokens: number | undefined;
  resetRequestsMs: number | undefined;
  resetTokensMs: number | undefined;
  retryAfterMs: number | undefined;
}

export function rateHeaders(headers: Pick<Headers, 'get'> | undefined): RateHeaders {
  const said = (name: string) => headers?.get(name)?.trim() ?? '';
  return {
    limitRequests: positive(said('x-ratelimit-limit-requests') || said('x-ratelimit-limit-req-minute')),
    limitTokens: positive(said('x-ratelimit-limit-tokens') || said('x-ratelimit-limit-tokens-minute')),
    remainingRequests: positive(
      said('x-ratelimit-remaining-requests') || said('x-ratelimit-remaining-req-minute'),
    ),
    remainingTokens: positive(
      said('x-ratelimit-remaining-tokens') || said('x-ratelimit-remaining-tokens-minute'),
    ),
    resetRequestsMs: duration(said('x-ratelimit-reset-requests')),
    resetTokensMs: duration(said('x-ratelimit-reset-tokens')),
    retryAfterMs: positive(said('retry-after-ms')) ?? retryAfter(said('retry-after')),
  };
}

function positive(text: string, factor = 1): number | undefined {
  const value = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) * factor : 0;
  return value > 0 && Number.isFinite(value) ? value : undefined;
}

/** How long `Retry-After` asks to wait, in seconds. Undefined where it asks for nothing, or for a time that is over. */
export function retryAfterSeconds(text: string | null | undefined): number | undefined {
  const ms = retryAfter(text?.trim() ?? '');
  return ms === undefined ? undefined : Math.ceil(ms / 1000);
}

/** Seconds, or the date of RFC 9110. */
function retryAfter(text: string): number | undefined {
  const seconds = positive(text, 1000);
  // Only a real date: Date.parse also reads '37.' and the like as one.
  if (seconds !== undefined || !/^[A-Z][a-z]{2}, .* GMT$/.test(text)) return seconds;
  const wait = Date.parse(text) - clock.now();
  return wait > 0 ? wait : undefined;
}

const UNITS = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;

/** `6m0s`, `1s`, `12ms`, `2m59.56s`; a bare number is seconds. */
function duration(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|[hms]))+$/.test(text)) return positive(text, 1000);
  const parts = text.matchAll(/(\d+(?:\.\d+)?)(ms|[hms])/g);
  const sum = [...parts].reduce((ms, [, amount, unit]) => ms + Number(amount) * UNITS[unit as 'h'], 0);
  return sum > 0 && Number.isFinite(sum) ? sum : undefined;
}
