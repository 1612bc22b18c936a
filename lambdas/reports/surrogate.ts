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
  };
}

function learnedOf({ prompt: _, version, ...learned }: SurrogateModel): SurrogateView['model'] {
  return { ...learned, version: version.slice(0, 12) };
}
