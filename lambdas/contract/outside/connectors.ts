import type { Priority } from '../item/status.ts';

/* How an action's parameters become what its destination gets, for each kind of destination that does not take our own call. */

type Parameters = Readonly<Record<string, unknown>>;

/** Of an action at an `email` destination. Its texts are parameters, so that the gate judges them like any. */
export interface EmailRules {
  /** The parameter with the one address that it goes to: the action's `recipient`. */
  to: string;
  /** The parameter with the text; HTML is made of it. */
  text: string;
  /** Of parameters that are no free words: at most 200 characters, on one line. A reply has the mail's own subject in its place. */
  subject(parameters: Parameters): string;
  /**
   * It answers the mail that the item came as, in its thread, where that mail's sender is verified and is whom it goes to. What a
   * machine wrote is never answered. @default false
   */
  reply?: boolean;
  /**
   * A template without passages. It goes out alone in place of a text that nobody composed, if nothing else speaks against that; the
   * policy sees `proposal.fallback` then. @default a person is asked
   */
  fallback?: string;
}

/** Of an action at a `slack` destination. */
export interface SlackRules {
  /** Plain text, at most 3,000 characters: nothing in it is a mention, a link or a format. */
  text(parameters: Parameters): string;
}

/** Of an action at a `forward` destination: the item that it makes. */
export interface ForwardRules {
  /** Its body. The automation that it goes to holds it against its own schema. */
  body(parameters: Parameters): unknown;
  /** Which of the destination's automations it is an item of. @default the only one */
  to?(parameters: Parameters): string;
  /** Undefined: that of the item. @default that of the item */
  priority?: Priority | ((parameters: Parameters) => Priority | undefined);
}

/** Of an action at an `event` destination. */
export interface EventRules {
  /** What readers of the bus tell events apart by. */
  detailType: string;
  /** Beside it readers get `item` and `idempotencyKey`: an event that comes twice has the same. */
  detail(parameters: Parameters): Readonly<Record<string, unknown>>;
}
