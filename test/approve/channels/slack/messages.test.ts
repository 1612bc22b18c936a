import { beforeEach, describe, expect, it } from 'vitest';
import { askMessage } from '../../../../lambdas/approve/channels/slack/messages.ts';
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

  it('says what it was thought about without', () => {
    const degraded = [{ step: 'customer', reason: "source 'crm' is down" }];
    const [, , , missing] = blocksOf(ask({ ...document(), degraded }));
    expect(missing?.text).toEqual({
      type: 'plain_text',
      text: "This was thought about without an answer to:\n• customer: source 'crm' is down",
      emoji: false,
    });
    expect(words(ask())).not.toContain('without an answer');
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
