import type { MailFacts } from '../intake/mail.ts';
import type { Priority } from './status.ts';

/** What `act` asks the automation for that an item is forwarded to: an item of it. */
export interface ForwardRequest {
  /** Made by the action's own code; the automation holds it against its schema. */
  body: unknown;
  /** Of the action: the same key is the same item. */
  idempotencyKey: string;
  /** Ids of the items that it comes from: the first one first, its parent last. */
  ancestors: readonly string[];
  /** The client of the parent: it reads the child, too, if its token has that automation. */
  client: string;
  priority: Priority;
  /** What is known of the mail that the first of them came as: a forged one is no truer for having been forwarded. */
  mail?: MailFacts;
}

/** The item, also where an earlier call made it; or why there is none, in fixed words. */
export type ForwardAnswer = { id: string; duplicate: boolean } | { refused: string };
