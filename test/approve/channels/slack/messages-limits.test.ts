import { beforeEach, describe, expect, it } from 'vitest';
import { askMessage, closedMessage } from '../../../../lambdas/approve/channels/slack/messages.ts';
import { when } from '../../../../lambdas/approve/channels/slack/text.ts';
import type { ApprovalRow } from '../../../../lambdas/contract/approval.ts';
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

const words = (message: { blocks: object[] }) => JSON.stringify(message.blocks);

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
