import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { drawAutomation } from '../../docs/pictures/automation/draw.ts';
import { DRAWN } from '../../docs/pictures/automations.ts';
import type { Automation } from '../../lambdas/contract/automation.ts';
import { findAutomations } from '../../lib/automation/automation-folder.ts';
import { automation as demo } from '../support/fixtures.ts';

const all = await findAutomations();
const RENEW = 'npx node docs/pictures/automations.ts';

/** One that declares everything that a picture shows. */
const full = {
  ...demo,
  name: 'full',
  doors: {
    mail: { addresses: ['help'] },
    drop: {},
    events: { opened: { detailType: 'TicketOpened' } },
    webhooks: { form: {} },
    schedules: { nightly: { source: 'old-crm' } },
  },
  documents: { types: ['pdf', 'image'], mostPages: 9 },
  repair: {},
  privacy: { tokens: 'all' },
  prompts: { route: 'route.v1', repair: 'repair.v1', judge: 'judge.v1', investigate: 'investigate.v1' },
  steps: { judge: { tier: 'large' } },
  lookups: { order: { name: 'order', source: 'orders', required: false } },
  collections: { articles: { from: 'synced' } },
  agents: { investigate: { lookups: ['order'], searches: ['articles'], mostTurns: 4 } },
  actions: {
    pay: { destination: 'bank', risk: 'consequential', limits: {}, compensate: {} },
    'write-to-the-customer-again': { destination: 'customer-mail', risk: 'routine', email: {} },
    'hand-on': { destination: 'lines', risk: 'routine', forward: {} },
  },
  approval: { group: 'clerks', escalateTo: 'heads', quorum: 2, byAmount: [{ from: '100.00' }] },
} as unknown as Automation;

describe('the picture of an automation', () => {
  it.each(all)(`$name is what its declaration gives now; else: ${RENEW}`, (automation) => {
    expect(readFileSync(`automations/${automation.name}/${DRAWN}`, 'utf8')).toBe(drawAutomation(automation));
  });

  it('shows doors, reading, steps with what they ask, who decides, and where actions go', () => {
    const words = drawAutomation(full);
    for (const shown of [
      ...['to help@', 'files in the bucket', 'event TicketOpened', 'webhook', 'polls old-crm'],
      ...['pdf, image', 'up to 9 pages', 'a body that does not fit', 'tokens for personal data'],
      ...['lookup in orders', 'goes on without', 'search, synchronised', 'model, large tier'],
      ...['agent, up to 4 turns', 'order, articles', 'clerks', '2 must agree', 'then heads'],
      ...['→ bank', 'consequential, limited', 'can be taken back', '→ customer-mail (mail)'],
      '→ lines (to another line)',
    ])
      expect(words).toContain(`>${shown}</text>`);
    expect(words).not.toContain('>repair.v1<');
    expect(words).not.toMatch(/class="name"[^>]*>investigate<[\s\S]*class="name"[^>]*>investigate</);
  });

  it('says the same in words, and is safe where a name is not', () => {
    const odd = { ...full, labels: ['a<b & c', 'other'] };
    const words = drawAutomation(odd);
    expect(words).toContain('<title>How full works</title>');
    expect(words).toMatch(/<desc>Work comes in by API.*gets one label of a&lt;b &amp; c, other.*<\/desc>/);
    expect(words).not.toContain('a<b');
  });

  it.each([...all, full])('keeps its words inside their boxes: $name', (automation) => {
    const words = drawAutomation(automation);
    const [, height] = /viewBox="0 0 420 (\d+)"/.exec(words) ?? [];
    const boxes = [
      ...words.matchAll(
        /<rect class="(?!band|ground)[a-z]+" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g,
      ),
    ].map(([, ...numbers]) => numbers.map(Number));
    const texts = [
      ...words.matchAll(/<text class="(name|small)" x="([\d.]+)" y="([\d.]+)" text-anchor="middle">([^<]*)/g),
    ];
    expect(texts.length).toBeGreaterThan(10);
    for (const [, kind, x, y, text = ''] of texts) {
      const half = (text.length * (kind === 'name' ? 8 : 6.1)) / 2;
      const inside = boxes.some(
        ([left = 0, top = 0, width = 0, tall = 0]) =>
          Number(x) - half >= left &&
          Number(x) + half <= left + width &&
          Number(y) - 11 >= top &&
          Number(y) + 2 <= top + tall,
      );
      expect(inside, text).toBe(true);
    }
    for (const [left = 0, top = 0, width = 0, tall = 0] of boxes) {
      expect(left + width).toBeLessThanOrEqual(420);
      expect(top + tall).toBeLessThanOrEqual(Number(height));
    }
  });
});
