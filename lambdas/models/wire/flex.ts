import type { ModelOffer } from '../../contract/endpoint.ts';
import { cutText } from '../../kit/text.ts';
import type { WireAnswer } from './client.ts';
import type { Completion, Reply } from './completion.ts';
import { refusesField } from './greeting.ts';

/*
 * The service tier `flex`: a request that may wait for room to spare, at a lower price. The server's answer says whether it was served
 * so; an answer that does not say it is counted at the full price.
 */

export const FLEX = { service_tier: 'flex' } as const;

export function mayFlex({ flexShare }: ModelOffer, { flex }: { flex?: boolean | undefined }): boolean {
  return flex === true && flexShare !== undefined;
}

/** It has no room to spare, which costs nothing, or does not know the tier: the same request goes out without it. */
export function hasNoFlex({ status, text }: WireAnswer): boolean {
  return (
    refusesField(status, text, 'service_tier') ||
    (status === 429 && /resource[ _-]?unavailable/i.test(cutText(text, 2000)))
  );
}

export function flexed(reply: Reply, { service_tier: served }: Completion, { flexShare }: ModelOffer): Reply {
  if (served !== 'flex' || flexShare === undefined) return reply;
  return { ...reply, usage: { ...reply.usage, share: flexShare } };
}
