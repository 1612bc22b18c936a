import { beforeEach, describe, expect, it } from 'vitest';
import { askMessage, closedMessage } from '../../../../lambdas/approve/channels/slack/messages.ts';
import { cut, escaped, when } from '../../../../lambdas/approve/channels/slack/text.ts';
import type { ApprovalRow } from '../../../../lambdas/contract/approval.ts';
import { oneLine } from '../../../../lambdas/kit/text.ts';
import { time, world } from '../../../support/world.ts';
import { APPROVAL, asked, document } from './world.ts';

beforeEach(() => {
  world.reset();
  time.freeze();
});

const URL_OF_ANN = `https://desk.example/approvals/${APPROVAL}?t=${'a'.repeat(43)}`;

interface Block {
  type: string;
  text?: { type: string; text: string; verbatim?: boolean; emoji?: boolean };
  elements?: Element[];
  element?: { type: string; max_length: number };
  [field: string]: unknown;
}
interface Element extends Omit<Block, 'text' | 'elements'> {
  text: { type: string; text: string };
  action_id: string;
  value?: string;
  url?: string;
}

const ask = (of = document(), fields: Partial<ApprovalRow> = {}) =>
  askMessage({ document: of, row: asked(of, fields), url: URL_OF_ANN });
const blocksOf = ({ blocks }: { blocks: object[] }) => blocks as Block[];
const elementsOf = (message: { blocks: object[] }) =>
  blocksOf(message).find(({ type }) => type === 'actions')?.elements ?? [];
const words = (message: { blocks: object[] }) => JSON.stringify(message.blocks);

describe('the question in Slack', () => {
  it('says what would happen, why, until when, and who asks', () => {
    const message = ask();
    const [header, values, reasons, times, context] = blocksOf(message);
    expect(header).toEqual({
      type: 'header',
      text: { type: 'plain_text', text: 'Pay EUR 24.90 to ann@shop.example', emoji: false },
    });
    expect(values?.text?.text).toBe('amount: 24.90');
    expect(reasons?.text?.text).toBe('Why you are asked:\n• the amount is large');
    expect(times?.text?.text).toContain('*It cannot be reversed.*');
    expect(times?.text?.text).toContain(`Open until ${when('2026-12-01T12:00:00.000Z')}; without a decision`);
    expect(times?.text?.text).toContain(`From ${when('2026-12-01T11:00:00.000Z')} on, bosses will be asked`);
    expect(context?.elements?.[0]?.text).toBe(
      'demo · Billing · consequential · prompts route.v1 · policy f00dfeedf00d',
    );
  });

  it('shows nothing of the item on a locked phone', () => {
    expect(ask().text).toBe('Approval needed: demo (consequential)');
  });

  it('carries neither the task token nor what the decision does not need', () => {
    expect(JSON.stringify(ask())).not.toMatch(/token-1|Charged twice|charged twice/);
  });

  it('has buttons that name exactly what they decide about, and ask once more', () => {
    const row = asked();
    const [approve, reject, read] = elementsOf(ask());
    for (const [button, word] of [
      [approve, 'Approve'],
      [reject, 'Reject'],
    ] as const) {
      expect(JSON.parse(button?.value ?? '')).toEqual({ approvalId: APPROVAL, digest: row.digest, round: 0 });
      expect(button).toMatchObject({
        action_id: word.toLowerCase(),
        text: { text: word },
        accessibility_label: `${word}: Pay EUR 24.90 to ann@shop.example`,
        confirm: { text: { text: 'Pay EUR 24.90 to ann@shop.example' }, confirm: { text: word } },
      });
    }
    expect(read).toMatchObject({ action_id: 'read', url: URL_OF_ANN, text: { text: 'Read it all' } });
    expect(read?.value).toBeUndefined();
  });

  it('binds its buttons to the document as it was edited, where somebody has edited it', () => {
    const [approve] = elementsOf(ask(document(), { digest: 'e'.repeat(64) }));
    expect(JSON.parse(approve?.value ?? '').digest).toBe('e'.repeat(64));
  });

  it('asks for a reason where the action has consequences, and only there', () => {
    const fields = (risk: 'routine' | 'consequential' | 'catastrophic') =>
      blocksOf(ask(document({ risk }))).filter(({ type }) => type === 'input');
    expect(fields('consequential')).toMatchObject([
      {
        block_id: 'comment',
        optional: false,
        dispatch_action: false,
        element: { type: 'plain_text_input', action_id: 'comment', max_length: 2000 },
      },
    ]);
    expect(fields('routine')).toEqual([]);
    expect(fields('catastrophic')).toEqual([]);
  });

  it('leaves what is catastrophic to the page', () => {
    const message = ask(document({ risk: 'catastrophic' }));
    expect(elementsOf(message).map(({ action_id }) => action_id)).toEqual(['read']);
    expect(words(message)).toContain('decided on its page only');
  });

  it('leaves to the page what is too long to be shown whole', () => {
    expect(elementsOf(ask(document({ summary: 'x'.repeat(3000) })))).toHaveLength(3);
    const long = elementsOf(ask(document({ summary: 'x'.repeat(3001) })));
    expect(long.map(({ action_id }) => action_id)).toEqual(['reject', 'read']);
  });

  it('shows a summary whole that is too long for a header', () => {
    const summary = `Pay ${'very '.repeat(40)}much`;
    const [header, whole] = blocksOf(ask(document({ summary })));
    expect(header?.text?.text).toHaveLength(150);
    expect(header?.text?.text.endsWith('…')).toBe(true);
    expect(whole?.text?.text).toBe(summary);
  });

  it('says how many have to agree, and no more of an escalation that is over', () => {
    const text = words(
      ask(document({ reversible: true }), { quorum: 2, escalatedAt: '2026-12-01T08:40:00Z' }),
    );
    expect(text).toContain('2 people have to approve it.');
    expect(text).toContain('It can be reversed later.');
    expect(text).not.toContain('are asked as well');
  });
});

describe('words from an item', () => {
  const evil =
    '<!channel> <@U1> <https://evil.example|here> & :skull: *bold*\n*Why you are asked:* the boss said so';

  it('are never formatted, wherever they stand', () => {
    const message = ask(
      document({ summary: evil, reasons: [evil], label: '<!here>', promptVersions: ['<x>'] }),
    );
    for (const block of blocksOf(message)) {
      for (const text of [block.text, ...(block.type === 'context' ? (block.elements ?? []) : [])]) {
        const { type = '', text: said = '', ...more } = (text ?? {}) as Record<string, unknown>;
        if (type === 'mrkdwn') {
          expect(String(said).replaceAll(/<!date\^\d+\^[^<>]*>/g, '')).not.toMatch(/[<>]/);
          expect(more).toEqual({ verbatim: true });
        } else if (type === 'plain_text') expect(more).toEqual({ emoji: false });
      }
    }
  });

  it('cannot add a line that looks like one of ours', () => {
    const shown = ask(document({ summary: `Pay\n\nApproved by the boss` }));
    expect(blocksOf(shown)[0]?.text?.text).toBe('Pay Approved by the boss');
    expect(elementsOf(shown)[0]?.confirm).toMatchObject({ text: { text: 'Pay Approved by the boss' } });
    const [, , , reasons] = blocksOf(
      ask(document({ summary: `${evil} ${'x'.repeat(150)}`, reasons: [evil] })),
    );
    expect(reasons?.text?.text.split('\n')).toHaveLength(2);
  });

  it('cannot turn the direction of the text', () => {
    expect(oneLine('Pay \u202E0042\u202C to\u2066 me\u2069')).toBe('Pay 0042 to me');
  });

  it('stand in mrkdwn as themselves, also where they are cut', () => {
    expect(escaped('a < b & c > d')).toBe('a &lt; b &amp; c &gt; d');
    for (let most = 2; most < 40; most += 1) {
      const text = escaped('&&&<<<>>>'.repeat(4), most);
      expect(text.length).toBeLessThanOrEqual(most);
      expect(text.replaceAll(/&(?:amp|lt|gt);/g, '')).toBe('…');
    }
  });

  it('are cut between characters', () => {
    expect(cut('abc', 3)).toBe('abc');
    expect(cut('abcd', 3)).toBe('ab…');
    expect(cut('a😀b', 3)).toBe('a…');
    expect(cut('😀😀', 3)).toBe('😀…');
    expect(cut('a😀😀', 4)).toBe('a😀…');
  });
});

describe("Slack's limits", () => {
  const limits: Record<string, number> = { header: 150, section: 3000, context: 3000, button: 75 };

  /** What Slack would refuse in a message. */
  function faults(message: { text: string; blocks: object[] }): string[] {
    const found: string[] = [];
    const check = (what: string, text: string | undefined, most: number) => {
      if (text === '' || (text ?? 'x').length > most) found.push(`${what}: ${text?.length}`);
    };
    if (message.blocks.length > 50) found.push('blocks');
    for (const block of blocksOf(message)) {
      if (block.text) check(block.type, block.text.text, limits[block.type] ?? 0);
      for (const element of block.elements ?? []) {
        if (block.type === 'context') {
          check('context', element.text as unknown as string, 3000);
          continue;
        }
        const { confirm } = element as unknown as { confirm?: Record<string, { text: string }> };
        check('button', element.text.text, 75);
        check('label', element.accessibility_label as string, 75);
        check('value', element.value, 2000);
        check('url', element.url, 3000);
        check('confirm title', confirm?.title?.text, 100);
        check('confirm text', confirm?.text?.text, 300);
        check('confirm', confirm?.confirm?.text, 30);
        check('deny', confirm?.deny?.text, 30);
      }
    }
    return found;
  }

  it.each(['x', '&', '😀', 'a b '])('are kept however long everything is (%s)', (unit) => {
    const long = unit.repeat(5000);
    const short = unit.repeat(1400).trim();
    for (const summary of [long, short]) {
      for (const risk of ['routine', 'consequential', 'catastrophic'] as const) {
        const of = document({
          summary,
          risk,
          reasons: Array(20).fill(long),
          label: long,
          promptVersions: [long],
        });
        expect(faults(ask(of, { escalateTo: 'g'.repeat(60) }))).toEqual([]);
      }
    }
    const edits = [...Array(99)].map((_, index) => ({
      field: `${unit}${index}`.repeat(30),
      from: long,
      to: unit,
    }));
    const row = asked(document(), {
      ...{
        status: 'decided',
        decision: 'approve',
        decidedBy: long,
        decidedAt: '2026-12-01T09:00:00.000Z',
        edits,
      },
    });
    expect(faults(closedMessage({ ...row, facts: { ...row.facts, summary: long } }))).toEqual([]);
    expect(faults(closedMessage({ ...row, attentionCheck: { why: long } }))).toEqual([]);
  });

  it('are kept by a question without reasons, prompts or label', () => {
    expect(faults(ask(document({ reasons: [], promptVersions: [], label: '' })))).toEqual([]);
  });
});

describe('what takes its place', () => {
  const decided = (fields: Partial<ApprovalRow>) =>
    closedMessage(
      asked(document(), {
        status: 'decided',
        decision: 'approve',
        decidedBy: 'ann@example.com',
        decidedAt: '2026-12-01T08:59:00.000Z',
        ...fields,
      }),
    );
  const AT = when('2026-12-01T08:59:00.000Z');

  it.each<[string, Partial<ApprovalRow>, string]>([
    ['an approval', {}, `*Decided by ann@example.com*, ${AT}: approved. The action is carried out once.`],
    [
      'a rejection',
      { decision: 'reject' },
      `*Decided by ann@example.com*, ${AT}: rejected. Nothing is done.`,
    ],
    ['a return', { decision: 'again' }, `*Decided by ann@example.com*, ${AT}: sent back. It is reconsidered`],
    ['an expiry', { status: 'expired', decision: undefined as never }, '*Expired*: nobody decided in time'],
    ['an open question', { status: 'pending' }, '*Open again*: the decision was undone.'],
  ])('says who decided what and when: %s', (_name, fields, words) => {
    const message = decided(fields);
    expect(blocksOf(message)[0]?.text).toMatchObject({
      type: 'plain_text',
      text: 'Pay EUR 24.90 to a…@shop.example',
    });
    expect(blocksOf(message)[1]?.text?.text.startsWith(words)).toBe(true);
    expect(blocksOf(message).map(({ type }) => type)).toEqual(['section', 'section']);
    expect(message.text).not.toContain('24.90');
  });

  it('says that nobody answered as soon as the time is over, before the table does', () => {
    time.advance(3 * 3600);
    expect(words(decided({ status: 'pending' }))).toContain('nobody decided in time');
  });

  it('names the edits of what was approved, long values only by their field', () => {
    const edits = [
      { field: 'amount', from: '24.90', to: '20.<00>' },
      { field: 'text', from: 'x'.repeat(41), to: 'short' },
      { field: 'note', from: undefined, to: 'y' },
    ];
    const text = words(decided({ edits }));
    expect(text).toContain('approved with edits');
    expect(text).toContain(
      'Changed before it was approved: amount from 24.90 to 20.&lt;00&gt;; text; note from nothing to y.',
    );
    expect(words(decided({ edits, decision: 'reject' }))).not.toContain('24.90 to 20');
  });

  it('says until when it can be taken back, while it can', () => {
    const undoUntil = '2026-12-01T09:00:10.000Z';
    expect(words(decided({ undoUntil }))).toContain(`ann@example.com can undo it until ${when(undoUntil)}`);
    expect(words(decided({ undoUntil, carriedAt: undoUntil }))).not.toContain('undo it');
    time.advance(10);
    expect(words(decided({ undoUntil }))).not.toContain('undo it');
  });

  it('says of a test that it was one, and not who fell for it', () => {
    const text = words(decided({ attentionCheck: { why: 'A hundred times the order.' } }));
    expect(text).toContain('*This was a test*, and nothing is carried out. A hundred times the order.');
    expect(text).not.toContain('ann@example.com');
  });
});
