/** What people can say. `again` sends the item back to be thought about anew, with the comment as feedback. */
export const DESK_DECISIONS = ['approve', 'reject', 'again'] as const;
export type DeskDecision = (typeof DESK_DECISIONS)[number];

/** What a run is told: a decision, or that none came in time. */
export type RunDecision = 'none' | DeskDecision | 'expired';
