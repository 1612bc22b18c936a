import { beforeEach, describe, expect, it, vi } from 'vitest';
import { letterOf } from '../../../../../lambdas/approve/channels/mail/mail.ts';
import { contentPart } from '../../../../../lambdas/console/views/read-only.ts';
import { question, show } from '../../../../support/desk.ts';
import { proposal } from '../../../../support/fixtures.ts';
import { time, world } from '../../../../support/world.ts';

vi.mock('../../../../../lambdas/kit/aws.ts', () => import('../../../../support/clients.ts'));
vi.mock('../../../../../lambdas/kit/objects.ts', () => import('../../../../support/content.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

const looked = [{ lookup: 'order', source: 'erp', at: '2026-12-01T08:00:00.000Z', found: true }];
const degraded = [{ step: 'customer', reason: "source 'crm' is down" }];

describe('the page of an item that looked something up', () => {
  it('shows the fields that are cited, with the source and the time of its answer', async () => {
    const evidence = [{ source: 'order', quote: 'total: 240.00\ncustomer.note: <b>a: b</b>' }];
    question(proposal({ evidence, looked }));
    const { text } = await show();
    expect(text).toContain('<th scope="row">total</th><td>240.00</td>');
    expect(text).toContain('<th scope="row">customer.note</th><td>&lt;b&gt;a: b&lt;/b&gt;</td>');
    expect(text).toMatch(/order, as ‘erp’ answered <time datetime="2026-12-01T08:00:00/);
  });

  it('says what it was thought about without, on the page, in the mail and in the console', async () => {
    const document = proposal({ degraded });
    const row = question(document);
    const { text } = await show();
    expect(text).toContain('This was thought about without an answer to:');
    expect(text).toMatch(/<b>customer<\/b>: source &#39;crm&#39; is down/);
    expect(String(await contentPart(document))).toContain('without an answer to');
    const asked = { group: 'people', via: '' };
    const mail = await letterOf({ row, document, url: 'https://x.example', asked, reminder: false } as never);
    expect(mail.text).toMatch(/Thought about without an answer to[\s\S]*customer[\s\S]*source 'crm' is down/);
  });

  it('says in the mail that it was thought about again, as what was missing could be had', async () => {
    const document = proposal({ looked, completions: 1 });
    const asked = { group: 'people', via: '' };
    const letter = { row: question(document), document, url: 'https://x.example', asked, reminder: false };
    const { text } = await letterOf(letter as never);
    expect(text).toContain('It was thought about again: what was missing can be had now.');
  });

  it('says nothing of either where nothing was asked and nothing is missing', async () => {
    question();
    const { text } = await show();
    expect(text).not.toMatch(/without an answer|answered/);
  });
});
