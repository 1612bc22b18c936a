import * as z from 'zod/mini';
import type { Doors } from '../../lambdas/contract/intake/doors.ts';
import { messageOf } from '../../lambdas/contract/intake/message.ts';
import { type Ask, schema } from './message.ts';

/* How questions reach the desk beside the API and MCP. What has another shape throws, and is kept as it came. */

const slackMessage = z.object({
  event: z.object({ type: z.enum(['message', 'app_mention']), text: z.string().check(z.regex(/\S/)) }),
});

/** Messages of bots, the desk's own among them. */
const fromBot = z.object({
  event: z.union([z.object({ bot_id: z.string() }), z.object({ subtype: z.string() })]),
});

export const doors: Doors<Ask> = {
  mail: { addresses: ['it-help', 'it'], body: messageOf },
  webhooks: {
    // The form of the intranet.
    intranet: { scheme: { kind: 'standard' }, body: ({ payload }) => schema.parse(payload) },
    // The channel #it-help.
    slack: {
      scheme: { kind: 'slack' },
      takes: ({ payload }) => !fromBot.safeParse(payload).success,
      body: ({ payload }) => ({ text: slackMessage.parse(payload).event.text }),
    },
  },
};
