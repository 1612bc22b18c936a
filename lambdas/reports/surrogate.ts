import type { SurrogateModel, SurrogateRow } from '../tables/surrogates/surrogates.ts';

/** How a surrogate stands, for operators and owners. */
export interface SurrogateView {
  automation: string;
  step: string;
  state: 'learning' | 'answers' | 'off';
  off?: { at: string; by: string; reason: string } | undefined;
  /** Labels that it does not answer any more, and since when. */
  closed: Readonly<Record<string, string>>;
  /** Absent before anything was learned. */
  model?: Omit<SurrogateModel, 'prompt'> | undefined;
  /** Answers that were tried since, and how many of them were wrong. */
  tried: { n: number; wrong: number };
  /** Absent where nothing has counted yet. */
  done?: SurrogateDone | undefined;
}

export interface SurrogateDone {
  /** Its answers that were used, until it last learned (ISO 8601). */
  used: number;
  until: string;
  /** What they would have cost by the mean of the tried calls. Absent: none was tried. */
  savedUsd?: number | undefined;
}

/** @param row none where nothing was learned yet */
export function surrogateView(automation: string, row: SurrogateRow | undefined): SurrogateView {
  const { model, off, closed = {}, tried = [] } = row ?? {};
  return {
    ...{ automation, step: 'route' },
    state: off ? 'off' : model && model.labels > 0 ? 'answers' : 'learning',
    ...{ off, closed },
    model: model && learnedOf(model),
    tried: { n: tried.length, wrong: tried.filter(({ wrong }) => wrong).length },
    done: row && doneOf(row),
  };
}

function doneOf({ answered, trained, calls = 0, callsUsd = 0 }: SurrogateRow): SurrogateDone | undefined {
  if (answered === undefined || !trained) return undefined;
  const savedUsd = calls > 0 ? Number(((answered * callsUsd) / calls).toFixed(6)) : undefined;
  return { used: answered, until: trained.at, savedUsd };
}

function learnedOf({ prompt: _, version, ...learned }: SurrogateModel): SurrogateView['model'] {
  return { ...learned, version: version.slice(0, 12) };
}
