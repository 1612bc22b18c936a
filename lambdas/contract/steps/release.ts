/* A change of one step that is tried on a part of the items before it serves all. */

/** Which of both an item is thought about with. */
export const ARMS = ['stable', 'candidate'] as const;
export type Arm = (typeof ARMS)[number];

/** `shadow`: thinks beside the stable one, without any effect. `canary` and `ab`: serves its share of the items. */
export const RELEASE_MODES = ['shadow', 'canary', 'ab'] as const;
export type ReleaseMode = (typeof RELEASE_MODES)[number];

/** What serves a step: a prompt of its automation's folder, such as `route.v2`, and whichever model is asked first. */
export interface Serving {
  prompt: string;
  /** @default the one that the router chooses */
  model?: ModelChoice;
}

export interface ModelChoice {
  endpoint: string;
  name: string;
}

export interface Release {
  /** Short: it stands in the timeline of its items. */
  id: string;
  step: string;
  mode: ReleaseMode;
  /** Of the items, by whom they are about: above 0, at most 1. */
  share: number;
  stable: Serving;
  candidate: Serving;
  /** The prompt of the declaration when it began: a deployment that declares another one ends it. */
  declared: string;
  /** It is promoted by itself once it is better. */
  promotes?: true;
  /** Of a shadow: what it may spend a day, and until when it thinks (ISO 8601). */
  perDayUsd?: number;
  until?: string;
  by: string;
  at: string;
  reason: string;
}

/** `promoted`: the candidate serves all. `rolled-back`: the stable one does. `overtaken`: a deployment
 * declares another one. `over`: its time was. */
export const RELEASE_ENDS = ['promoted', 'rolled-back', 'overtaken', 'over'] as const;
export type ReleaseEnd = (typeof RELEASE_ENDS)[number];

export interface EndedRelease extends Release {
  end: {
    as: ReleaseEnd;
    by: string;
    at: string;
    reason: string;
    items: number;
    /** A promotion that was taken back: since when it had served all. */
    promotedAt?: string;
  };
  /** Of a shadow: what it had come to. */
  shadow?: ShadowCounts;
}

/** What a candidate differs in from the stable one, of the items that both thought about. */
export interface ShadowCounts {
  items: number;
  same: number;
  label: number;
  verdict: number;
  actions: number;
  failed: number;
  microUsd: number;
  /** Some of those that it came to something else about, the first ones. */
  differing?: readonly string[] | undefined;
}
