import * as z from 'zod/mini';
import type { Doors } from '../../lambdas/contract/intake/doors.ts';
import { messageOf } from '../../lambdas/contract/intake/message.ts';
import { type Message, schema } from './message.ts';

/* How messages reach the desk beside the API. What has another shape throws, and is kept as it came. */

const slackMessage = z.object({
  event: z.object({ type: z.enum(['message', 'app_mention']), text: z.string().check(z.regex(/\S/)) }),
});

/** Messages of bots, the desk's own alerts among them: whoever answered those would never end. */
const fromBot = z.object({
  event: z.union([z.object({ bot_id: z.string() }), z.object({ subtype: z.string() })]),
});

export const doors: Doors<Message> = {
  mail: {
    addresses: ['front-desk', 'hello'],
    body: messageOf,
  },
  webhooks: {
    // The contact form of the shop.
    form: { scheme: { kind: 'standard' }, body: ({ payload }) => schema.parse(payload) },
    // A channel for customers.
    slack: {
      scheme: { kind: 'slack' },
      takes: ({ payload }) => !fromBot.safeParse(payload).success,
      body: ({ payload }) => ({ text: slackMessage.parse(payload).event.text }),
    },
  },
};
