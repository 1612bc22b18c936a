import { expect, it } from 'vitest';
import { automation } from '../../automations/support-triage/automation.ts';
import { callsFor, post, reaches } from '../support/app.ts';

/* Texts that no model can be given at once, through the deployed application. */

const FILLER = Array.from({ length: 1200 }, () => 'A row of the statement, with nothing to see in it.').join(
  '\n',
);

it('a long message is read part by part and answered once, each part paid once', {
  timeout: 400_000,
}, async () => {
  const [answered] = automation.examples;
  const text = `${answered?.body.text}\n\n${FILLER}\n${crypto.randomUUID()}`;
  // One address gets ten replies a day, and other tests write too.
  const from = `${crypto.randomUUID()}@example.com`;
  const { body } = await post('support-triage', { ...answered?.body, text, from });
  const item = await reaches(body.id, ['done', 'waiting_approval', 'parked'], 150);

  expect([item.status, item.reasons]).toEqual(['done', item.reasons]);
  const paid = (step: string) => item.lineage?.filter((it) => it.step === step && !it.failure).length;
  expect([paid('route'), paid('reply')]).toEqual([4, 4]);
  expect(await callsFor('help-desk', body.id)).toHaveLength(1);
});
