interface Scored {
  token: string;
  /** Null where the server did not count. */
  logprob: number | null;
}

export interface Logprob extends Scored {
  /** What else could have stood there. */
  top: readonly Scored[];
}

/** Some servers accept the option and send null or no list of tokens: then nothing was measured. */
export function logprobsOf(said: { content?: unknown } | null | undefined): readonly Logprob[] | undefined {
  const content = said?.content;
  if (!Array.isArray(content) || content.length === 0) return undefined;
  const read = content.map((one: unknown) => {
    const { top_logprobs: top } = (one ?? {}) as { top_logprobs?: unknown };
    const others: unknown = top ?? [];
    return isScored(one) && Array.isArray(others) && others.every(isScored)
      ? { ...scored(one), top: others.map(scored) }
      : undefined;
  });
  const good = read.filter((it) => it !== undefined);
  return good.length === read.length ? good : undefined;
}

function isScored(one: unknown): one is Scored {
  const { token, logprob } = (one ?? {}) as Record<string, unknown>;
  return typeof token === 'string' && (typeof logprob === 'number' || logprob === null);
}

function scored({ token, logprob }: Scored): Scored {
  return { token, logprob };
}
