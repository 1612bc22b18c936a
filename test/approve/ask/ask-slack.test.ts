import { beforeEach, expect, it, vi } from 'vitest';
import { recipients } from '../../support/desk.ts';
import { gated, SETTINGS, stored } from '../../support/fixtures.ts';
import { Crash, time, world } from '../../support/world.ts';
import { approval, put } from './ask-world.ts';
import { inSlack } from './commands-slack.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/approve/channels/slack/ask.ts', () => import('./commands-slack.ts'));

const withSlack = ([first, ...others]: { email: string }[]) =>
  first ? [{ ...first, slack: 'UANN' }, ...others] : [];
const groups = Object.fromEntries(
  Object.entries(SETTINGS.groups).map(([name, members]) => [name, withSlack([...members])]),
);
const ask = () => put('token-1', { ...SETTINGS, groups });

const fresh = () => {
  world.reset();
  time.freeze();
  inSlack.length = 0;
  gated({ verdict: 'ask' });
};
beforeEach(fresh);

it('a worker that dies once the mails are on record asks nobody in Slack a second time', async () => {
  await ask();
  expect(inSlack).toEqual(['UANN']);
  const mails = recipients();
  const calls = world.calls.length;
  let unasked = 0;
  for (let point = 1; point <= calls; point += 1) {
    for (const after of [false, true]) {
      fresh();
      world.crashAt(point, after);
      await expect(ask()).rejects.toBeInstanceOf(Crash);
      const recorded = Object.values(approval()?.asked ?? {}).some(({ mailedAt }) => mailedAt);
      world.revive();
      time.advance(75);

      await ask();

      const where = `call ${point}, after: ${after}`;
      expect(stored(), where).toMatchObject({ status: 'waiting_approval' });
      expect(inSlack.length, where).toBeLessThanOrEqual(1);
      if (recorded) expect(recipients(), where).toEqual(mails);
      if (inSlack.length === 0) unasked += 1;
    }
  }
  // The one moment between the record of the mails and Slack: they have their mail.
  expect(unasked).toBe(1);
});
