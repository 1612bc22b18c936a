import type { Priority } from '../item/status.ts';

/** What every door has. */
export interface Door {
  /**
   * The client whose items they are, and who may read them by its token.
   * @default the door itself: only operators read them
   */
  client?: string;
  /** @default 'normal' */
  priority?: Priority;
  /**
   * Operators are told when the door delivered nothing for so long, 1 to 168 hours. A poll without records counts as delivering.
   * @default 24 for a schedule; of others nobody is told
   */
  silentHours?: number;
}
