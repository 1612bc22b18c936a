import * as z from 'zod/mini';
import { STATUSES } from '../../contract/item/status.ts';

/* What Signalbox calls: a client's callback, and the destination of an action. */

const SIGNED =
  't=<unix seconds>,v1=<hex HMAC-SHA256>. Compare in constant time, and refuse a time that is more than five minutes off';

/** The body of a callback, and the detail of the event on the bus. */
export const statusChangeSchema = z.strictObject({
  id: z.string(),
  automation: z.string(),
  status: z.enum(STATUSES),
  /** Null at the first. */
  previousStatus: z.nullable(z.enum(STATUSES)),
  generation: z.int(),
  at: z.iso.datetime(),
  /** Of one that is `quarantined`. */
  reason: z.optional(z.string()),
});

export const STATUS_CHANGE = {
  id: 'refund-request_ead633d80fb6992a6523457816d1d2d7',
  automation: 'refund-request',
  status: 'done',
  previousStatus: 'acting',
  generation: 1,
  at: '2026-11-20T08:08:17.511Z',
} satisfies z.input<typeof statusChangeSchema>;

const header = (name: string, description: string) => ({
  ...{ name, in: 'header', required: true, description, schema: { type: 'string' } },
});
const answer = (description: string) => ({ description });

function callback(operationId: string): object {
  return {
    operationId,
    tags: ['Items'],
    summary: "An item's status has changed",
    description:
      'At least once per change, not always in order: compare at and generation. Eight deliveries in all, three minutes apart.',
    security: [],
    parameters: [
      header('Signalbox-Item', "The item's id"),
      header('Signalbox-Signature', `${SIGNED}. Over "t.id.body", by the callbackKey of the client's entry`),
    ],
    requestBody: {
      required: true,
      content: {
        'application/json': {
          schema: { $ref: '#/components/schemas/StatusChange' },
          examples: { done: { value: STATUS_CHANGE } },
        },
      },
    },
    responses: {
      '2XX': answer('Taken: it is not sent again'),
      '4XX': answer('Not wanted: it is not sent again, but for 408, 425 and 429'),
      '5XX': answer('Sent again later'),
    },
  };
}

/** Under each operation that posts an item. Every automation has its own, and operations are told apart by their ids. */
export function callbacksOf(automation: string): object {
  return {
    itemStatusChanged: {
      '{$request.header.Signalbox-Callback-Url}': { post: callback(`callback-${automation}`) },
    },
  };
}

export const WEBHOOKS = {
  ItemStatusChanged: { post: callback('itemStatusChanged') },
  Action: {
    post: {
      operationId: 'action',
      tags: ['Neighbours'],
      summary: 'An action of an automation, at its destination',
      description:
        'Once per Idempotency-Key as far as the destination keeps it: the same key again is the same action.',
      security: [],
      parameters: [
        header('Idempotency-Key', 'The same for every attempt at the action'),
        header('Signalbox-Item', "The item's id"),
        header(
          'Signalbox-Signature',
          `${SIGNED}. Over "t.idempotencyKey.item.body", by the signingKey of the destination's secret`,
        ),
      ],
      requestBody: {
        required: true,
        content: { 'application/json': { schema: { type: 'object', additionalProperties: true } } },
      },
      responses: {
        '2XX': answer('Done'),
        '4XX': answer('Refused, and a person is told; 408, 425 and 429 are tried again'),
        '5XX': answer('Tried again, with the same key'),
      },
    },
  },
};
