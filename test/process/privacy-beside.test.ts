import { beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import type { Automation } from '../../lambdas/contract/automation.ts';
import type { ProposalDocument } from '../../lambdas/contract/item/proposal-document.ts';
import { accept } from '../../lambdas/intake/accept.ts';
import { inClear } from '../../lambdas/privacy/document.ts';
import { fullView } from '../../lambdas/tables/items/view.ts';
import { type Demo, automation as demo, door, ENV, ID, itemRow, stored } from '../support/fixtures.ts';
import { time, world } from '../support/world.ts';
import { work } from './world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));
vi.mock('../../lambdas/models/step.ts', () => ({
  stepRunner: () => ({ ...door(), model: async () => ({ label: 'Billing' }) }),
}));

/* Personal data in what stands beside the body of an item: what was repaired, and names of documents. */

const CARD = '4111 1111 1111 1111';
const EMAIL = 'ann.berg@mail.example.com';
const MENDING = {
  ...demo,
  schema: z.strictObject({ text: z.string(), subject: z.optional(z.string()) }),
  repair: {},
  privacy: { tokens: 'all' },
} as unknown as Automation<Demo>;
const REF = `doc-${'d'.repeat(32)}`;

beforeEach(() => {
  world.reset();
  time.freezeLater();
});

function came(text: string): void {
  world.tables.put('items', itemRow({ unfit: true, private: true }));
  world.content.set(`bucket/items/${ID}/raw.json`, JSON.stringify({ text, encoding: 'utf8' }));
  world.content.set(
    `bucket/items/${ID}/documents.json`,
    JSON.stringify([{ ref: REF, name: `${EMAIL}.pdf` }]),
  );
}

async function view(client: string): Promise<string> {
  const row = { ...stored(), documents: [{ ref: REF, bytes: 9, status: 'refused' as const }] };
  return JSON.stringify(await fullView(row, { approvalTable: 'approvals', bucket: 'bucket', client }));
}
const document = () =>
  JSON.parse(world.content.get(`bucket/${stored().proposalKey}`) ?? '{}') as ProposalDocument;
const BROKEN = `{'Text': "My card is ${CARD}.", 'sender': "${EMAIL}", '${EMAIL}': 1,}`;

describe('what was repaired', () => {
  it('is kept with tokens, and has its values for whoever may see them', async () => {
    came(BROKEN);
    await work({ of: MENDING });

    const kept = document();
    expect(kept.repairs?.map(({ by }) => by)).toEqual(['json', 'name', 'unknown', 'unknown']);
    expect(JSON.stringify(kept)).not.toMatch(/4111|ann\.berg/);
    const shown = JSON.stringify((await inClear('bucket', kept, 'approvers')).repairs);
    for (const value of [CARD, EMAIL]) expect(shown).toContain(value);
  });

  it('shows no piece of a value where it was cut', async () => {
    came(`{'text': "${'x '.repeat(139)}${EMAIL}",}`);
    await work({ of: MENDING });
    expect(document().repairs).toMatchObject([{ by: 'json', from: '…' }]);
    expect(JSON.stringify(document())).not.toContain('ann.b');
  });
});

describe('an answer about an item', () => {
  it('names documents and repairs to its client, and has tokens for every other reader', async () => {
    came(BROKEN);
    expect(await view('shop')).toContain(`${EMAIL}.pdf`);
    expect(await view('operator')).not.toMatch(/4111|ann\.berg/);
    await work({ of: MENDING });

    const own = await view('shop');
    for (const value of [CARD, `${EMAIL}.pdf`, '"by":"name"']) expect(own).toContain(value);
    const others = await view('operator');
    expect(others).not.toMatch(/4111|ann\.berg/);
    expect(others).toContain('"by":"name"');
  });

  it('has tokens for its client too where the policy shows values to nobody', async () => {
    came(BROKEN);
    await work({ of: { ...MENDING, privacy: { tokens: 'all', shownTo: [] } } as never });
    expect(await view('shop')).not.toMatch(/4111|ann\.berg/);
  });

  it('knows from intake whether its automation replaces personal data', async () => {
    const arrival = { client: 'shop', documents: [], priority: 'normal' as const };
    const marked = async (of: object, key: string) =>
      (await accept({ ...arrival, key, content: { body: { text: 'a' } } }, of as never, ENV)).row.private;
    expect([await marked(MENDING, 'a'), await marked(demo, 'b')]).toEqual([true, undefined]);
  });
});
