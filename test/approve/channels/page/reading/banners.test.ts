import { beforeEach, describe, expect, it, vi } from 'vitest';
import { fieldsOf, post, question, row, show } from '../../../../support/desk.ts';
import { proposal } from '../../../../support/fixtures.ts';
import { words } from '../../../../support/pages.ts';
import { time, world } from '../../../../support/world.ts';

vi.mock('../../../../../lambdas/kit/aws.ts', () => import('../../../../support/clients.ts'));
vi.mock('../../../../../lambdas/kit/objects.ts', () => import('../../../../support/content.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

const claimed = (by: string) => ({ claim: { by, until: '2026-12-01T09:10:00.000Z' } });
const buttons = (text: string) =>
  text.match(/<button [^>]*value="(?:approve|reject|again|claim)"[^>]*>/g) ?? [];

describe('a claim', () => {
  it('of somebody else stands at the top, and closes the buttons that it would refuse', async () => {
    question(proposal(), claimed('bob@example.com'));

    const { text } = await show();

    expect(text.indexOf('id="claimed"')).toBeLessThan(text.indexOf('Why you are asked'));
    expect(words(text)).toContain('bob@example.com is working on it until 2026-12-01 09:10 UTC');
    expect(buttons(text)).toHaveLength(2);
    for (const button of buttons(text)) expect(button).toContain('disabled aria-describedby="claimed"');
    expect(text).toContain('value="escalate"');
  });

  it('is not gone round by a form that is sent all the same', async () => {
    question();
    const fields = { ...(await fieldsOf()), comment: 'now' };
    question(proposal(), claimed('bob@example.com'));
    for (const decision of ['approve', 'reject', 'again']) {
      const first = await post({ ...fields, decision });
      expect(row().status).toBe('pending');
      expect(first.status === 200 || first.status === 400).toBe(true);
    }
  });

  it('of the reader says so and locks nothing; one that is over says nothing', async () => {
    question(proposal(), claimed('ann@example.com'));
    const { text } = await show();
    expect(words(text)).toContain('You are working on it until 2026-12-01 09:10 UTC : others cannot decide.');
    expect(text).not.toMatch(/<button[^>]*value="approve"[^>]*disabled/);
    expect(text).toContain('value="release"');

    time.advance(700);
    expect((await show()).text).not.toContain('class="note claim"');
    question(proposal(), claimed('bob@example.com'));
    expect((await show()).text).not.toContain('disabled aria-describedby');
  });
});

describe('a catastrophic action', () => {
  it('looks it: in words, in a frame, and by what has to be typed, on the page and on the one that asks again', async () => {
    question(proposal({ action: 'erase', risk: 'catastrophic', summary: 'Erase the account' }));

    const { text } = await show();

    expect(text).toMatch(/<p class="danger"><b>.*Catastrophic\.<\/b> This action can do great harm/);
    expect(text).toContain('To approve this catastrophic action, type <b>24.90</b>');
    const confirm = { confirm: '24.90', comment: 'the court said so' };
    const asked = await post({ ...(await fieldsOf()), decision: 'approve', ...confirm });
    expect(asked.text).toContain('class="danger"');
    expect(row().status).toBe('pending');
  });

  it('and no other looks so', async () => {
    question(proposal({ risk: 'consequential' }));
    expect((await show()).text).not.toContain('class="danger"');
  });
});
