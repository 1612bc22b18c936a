/* Stands where `lambdas/approve/channels/slack/ask.ts` does, and keeps which members were asked there. */

export const inSlack: string[] = [];

export async function askInSlack(_env: object, _settings: object, member?: string) {
  if (member) inSlack.push(member);
  return member && { channel: `D${member}`, ts: '1' };
}
