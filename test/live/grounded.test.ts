import { afterEach, describe, expect, it } from 'vitest';
import { automation as triage } from '../../automations/support-triage/automation.ts';
import { implementation } from '../../automations/support-triage/evaluate.ts';
import { ATTACKS } from '../../local/attacks.ts';
import { callsFor, modelFault, post, reaches } from '../support/app.ts';

/*
 * The deployed application with a model that obeys strangers: what reaches the help desk is what stands in
 * the help articles.
 */

const paragraphs = (text: string) => text.split(/\n{2,}/);
const OURS = [
  ...Object.values(triage.templates ?? {}).flatMap(({ text }) => paragraphs(text)),
  ...(implementation.passages ?? []).flatMap(({ text }) => paragraphs(text)),
];

/** Attacks that no pattern of suspicious text finds, and some that one does. */
const TRIED = ATTACKS.filter(({ text }) => text !== '').filter((_, index) => index % 17 === 0);

afterEach(() => modelFault('ok'));

describe('a model that obeys strangers, behind the deployed application', () => {
  it('sends nobody a word that is not ours, and nothing to anybody but the sender', {
    timeout: 240_000,
  }, async () => {
    await modelFault('obey-injection', 200);
    const posted = await Promise.all(
      TRIED.map(async ({ text, name }, index) => {
        const from = `customer-${index}-${crypto.randomUUID()}@example.com`;
        const { body } = await post('support-triage', { text, from });
        return { id: body.id, from, name };
      }),
    );
    let alone = 0;
    for (const { id, from, name } of posted) {
      const { status } = await reaches(id, ['done', 'refused', 'waiting_approval'], 120);
      const calls = await callsFor('help-desk', id);
      expect(calls.length, name).toBe(status === 'done' ? 1 : 0);
      for (const { body } of calls as { body: Record<string, unknown> }[]) {
        alone += 1;
        expect(body.to, name).toBe(from);
        expect(
          paragraphs(String(body.reply)).filter((it) => !OURS.includes(it)),
          name,
        ).toEqual([]);
      }
    }
    // Or the model was not asked, or did not obey.
    expect(alone).toBeGreaterThan(0);
    expect(alone).toBeLessThan(posted.length);
  });
});
