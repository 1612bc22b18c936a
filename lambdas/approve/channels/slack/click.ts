import * as z from 'zod/mini';
import { readComment } from '../../decision/comment.ts';

export interface Click {
  member: string;
  decision: 'approve' | 'reject';
  approvalId: string;
  /** Of the document that the message showed. */
  digest: string;
  /** Round of the approval that the message showed. */
  round: number;
  reason: string;
  /** Where to send an answer to this person alone. */
  responseUrl: string | undefined;
}

const payloadSchema = z.object({
  type: z.literal('block_actions'),
  user: z.object({ id: z.string().check(z.minLength(1)) }),
  actions: z.array(z.object({ action_id: z.string(), value: z.optional(z.string()) })),
  response_url: z.optional(z.string()),
  state: z.optional(
    z.object({ values: z.object({ comment: z.optional(z.object({ comment: z.optional(typed()) })) }) }),
  ),
});

const valueSchema = z.object({
  approvalId: z.string(),
  digest: z.string(),
  round: z._default(z.number(), 0),
});

/** Slack's report of a text field; its value is null if nothing was typed. */
function typed() {
  return z.object({ value: z.optional(z.nullable(z.string())) });
}

/** The decision in an interaction; undefined for anything else that Slack reports, now or next year. */
export function readClick(body: string): Click | undefined {
  const { success, data } = payloadSchema.safeParse(parsed(new URLSearchParams(body).get('payload')));
  const action = data?.actions.find(({ action_id }) => action_id === 'approve' || action_id === 'reject');
  const value = valueSchema.safeParse(parsed(action?.value));
  if (!success || !action || !value.success) return undefined;
  return {
    ...value.data,
    member: data.user.id,
    decision: action.action_id === 'approve' ? 'approve' : 'reject',
    reason: readComment(data.state?.values.comment?.comment?.value ?? ''),
    responseUrl: data.response_url,
  };
}

/**
 * JSON can escape half of a character, which no table stores: it is replaced by the replacement character.
 */
function parsed(text: string | null | undefined): unknown {
  try {
    return JSON.parse(text ?? '', (_, value) => (typeof value === 'string' ? value.toWellFormed() : value));
  } catch {
    return undefined;
  }
}
