import { beforeEach, describe, expect, it, vi } from 'vitest';
import { AMOUNT, editable, question, row, show } from '../../support/desk.ts';
import { QUESTION } from '../../support/fixtures.ts';
import { time, world } from '../../support/world.ts';
import { approve, kept } from './edits-world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

describe('a test of attention that somebody corrects', () => {
  const attentionCheck = { attentionCheck: { why: 'Nobody had asked for it.' } };

  it('is caught: nothing is kept of a document that nobody will carry out', async () => {
    const asked = question(editable(AMOUNT, { question: { ...QUESTION, edits: AMOUNT } }), attentionCheck);
    const keys = world.content.size;

    const { status, text } = await approve({ amount: '20' });

    expect(status).toBe(200);
    expect(text).toContain('Well spotted');
    expect(row()).toMatchObject({
      decision: 'approve',
      digest: asked.digest,
      proposalKey: asked.proposalKey,
    });
    expect(row().edits).toEqual([{ field: 'amount', from: '24.90', to: '20.00' }]);
    expect(world.content.size).toBe(keys);
  });

  it('needs a reason like any other', async () => {
    question(editable(AMOUNT), attentionCheck);

    expect((await approve({ amount: '20', comment: '' })).text).toContain('Please give a reason');
    expect(row().version).toBe(1);
  });
});

describe('an edit of words', () => {
  it('is in the document, and in the record as its outline alone: ADR 0005', async () => {
    const rule = { reply: { label: 'Reply', type: 'text' as const, maxLength: 200 } };
    question(editable(rule, { parameters: { reply: 'Dear Zoe, no.' } }));

    await approve({ reply: 'Dear Zoe, yes.' });

    expect(kept().parameters.reply).toBe('Dear Zoe, yes.');
    expect(JSON.stringify(row())).not.toContain('Zoe');
    const outline = (length: number) => expect.stringMatching(new RegExp(`^text of ${length} characters`));
    expect(row().edits).toEqual([{ field: 'reply', from: outline(13), to: outline(14) }]);
    expect(row().trail.at(-1)?.edits).toEqual(row().edits);

    question(editable(rule, { parameters: { reply: 'Dear Zoe, no.' } }), {
      attentionCheck: { why: 'a test' },
    });
    await approve({ reply: 'Dear Zoe, maybe.' });
    expect(JSON.stringify(row())).not.toContain('Zoe');
    expect(row().edits).toEqual([{ field: 'reply', from: outline(13), to: outline(16) }]);
  });
});

describe('the fields of the page', () => {
  it('show what may be changed within which limits, and hold what is proposed', async () => {
    question(
      editable(
        {
          ...AMOUNT,
          days: { label: 'Days', type: 'number', least: 1, most: 30 },
          note: { label: 'Note', type: 'text', maxLength: 40 },
          queue: { label: 'Queue', type: 'choice', options: ['first', 'second'] },
        },
        { parameters: { days: 14, note: '"><script>x</script>', queue: 'second' } },
      ),
    );

    const { text } = await show();

    expect(text).toMatch(/<input id="amount" name="amount" value="24.90"/);
    expect(text).toMatch(/<input id="days" name="days" value="14"/);
    expect(text).toMatch(/<option selected>second<\/option>/);
    expect(text).toMatch(/maxlength="40"[^>]*>&quot;&gt;&lt;script&gt;x/);
    for (const [, id] of text.matchAll(/aria-describedby="([\w-]+)"/g)) expect(text).toContain(`id="${id}"`);
  });

  it('keep a value that is none of the options, instead of choosing one for the approver', async () => {
    const rule = { queue: { label: 'Queue', type: 'choice' as const, options: ['first', 'second'] } };
    question(editable(rule, { parameters: { queue: 'elsewhere' } }));

    const { text } = await show();

    expect(
      [...text.matchAll(/<option([^>]*)>(\w+)/g)].slice(0, 3).map(([, mark, name]) => `${name}${mark}`),
    ).toEqual(['elsewhere selected', 'first', 'second']);
  });
});
