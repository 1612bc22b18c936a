import * as z from 'zod/mini';
import type { InboundMail } from './mail.ts';

/* The body of automations that read messages of people: by API, mail or form. Each adds its own fields. */

const text = (most: number) => z.string().check(z.maxLength(most, `must be at most ${most} characters`));

/** An e-mail address of a bounded length. */
export const ADDRESS = z
  .email({ error: 'must be an e-mail address' })
  .check(z.maxLength(254, 'must be at most 254 characters'));

/** Fields of such a body, for `z.strictObject`. */
export const MESSAGE = {
  subject: z.optional(text(500)),
  /** The message as plain text. */
  text: z.optional(text(200_000)),
  /** The message as HTML, where there is no plain text. */
  html: z.optional(text(800_000)),
  /** The sender's address: nobody has verified it. */
  from: z.optional(ADDRESS),
  /** Of the mail, where the gateway has them: they say whether a machine wrote it. */
  headers: z.optional(
    z.strictObject({
      /** Auto-Submitted */
      autoSubmitted: z.optional(text(200)),
      /** Precedence */
      precedence: z.optional(text(200)),
      /** List-Id */
      listId: z.optional(text(500)),
      /** X-Auto-Response-Suppress */
      autoResponseSuppress: z.optional(text(200)),
    }),
  ),
};

/** As the published schema says it: a refinement is code, which a schema cannot carry. */
const given = (field: string) => ({
  required: [field],
  properties: { [field]: { type: 'string' as const, pattern: '\\S' } },
});

interface Words {
  text?: string | undefined;
  html?: string | undefined;
}

/** Checks of such a body, for `.check(...NEEDS_WORDS)`: it has words. */
export const NEEDS_WORDS = [
  z.refine<Words>((body) => Boolean(body.text?.trim() || body.html?.trim()), {
    path: ['text'],
    error: "give the message in 'text' or in 'html'",
  }),
  z.meta({ anyOf: [given('text'), given('html')] }),
] as const;

/** A mail as the body of a message. An address that is none is left out: nobody is answered there. */
export function messageOf({ subject, text: written, html, from, automatic }: InboundMail) {
  return {
    ...(subject ? { subject } : {}),
    ...(written ? { text: written } : { html }),
    ...(z.safeParse(ADDRESS, from).success ? { from } : {}),
    headers: automatic,
  };
}
