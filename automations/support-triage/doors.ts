import * as z from 'zod/mini';
import type { Doors } from '../../lambdas/contract/intake/doors.ts';
import { cutText } from '../../lambdas/kit/text.ts';

/* What other systems call a message, made a ticket. What has another shape throws, and is put before a person as it came. */

/** What of a ticket they fill. */
interface Message {
  subject?: string;
  text: string;
  from?: string;
}

const words = z.string().check(z.regex(/\S/));

/** As the help desk has a ticket. */
const deskTicket = z.object({
  subject: z.optional(z.string()),
  text: words,
  from: z.optional(z.email()),
});

const githubIssue = z.object({ issue: z.object({ title: z.string(), body: words }) });

const slackMessage = z.object({
  event: z.object({ type: z.enum(['message', 'app_mention']), text: words }),
});

const dispute = z.object({
  type: z.literal('charge.dispute.created'),
  data: z.object({ object: z.object({ charge: words, reason: words }) }),
});

const subjectOf = (text: string | undefined) => (text === undefined ? {} : { subject: cutText(text, 500) });

function ticketOf(message: unknown): Message {
  const { subject, text, from } = deskTicket.parse(message);
  return { ...subjectOf(subject), text, ...(from ? { from } : {}) };
}

export const doors: Doors<Message> = {
  events: {
    tickets: {
      ...{ source: 'help-desk', detailType: 'TicketOpened', silentHours: 72 },
      body: ({ detail }) => ticketOf(detail),
    },
  },
  webhooks: {
    // Issues of a public repository.
    github: {
      scheme: { kind: 'github' },
      body({ payload }) {
        const { title, body } = githubIssue.parse(payload).issue;
        return { ...subjectOf(title), text: body };
      },
    },
    // Messages of a channel for customers.
    slack: {
      scheme: { kind: 'slack' },
      body: ({ payload }) => ({ text: slackMessage.parse(payload).event.text }),
    },
    // A customer disputes a charge: Billing is to know.
    stripe: {
      scheme: { kind: 'stripe' },
      body({ payload }) {
        const { charge, reason } = dispute.parse(payload).data.object;
        return { subject: 'Disputed charge', text: `A customer disputes the charge ${charge}: ${reason}.` };
      },
    },
  },
};
