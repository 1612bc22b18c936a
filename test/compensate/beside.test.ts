import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { letterOf } from '../../lambdas/approve/channels/mail/mail.ts';
import type { Automation } from '../../lambdas/contract/automation.ts';
import type { ProposalDocument } from '../../lambdas/contract/item/proposal-document.ts';
import { digest } from '../../lambdas/kit/digest.ts';
import { hideIn, inClear } from '../../lambdas/privacy/document.ts';
import { Vault } from '../../lambdas/privacy/vault.ts';
import { putSubjects, subjectHashes } from '../../lambdas/tables/subjects/subjects.ts';
import { faultsInCompensations } from '../../lib/checks/parameters.ts';
import { erase, ZOE } from '../operate/erase/world.ts';
import { question, row, show } from '../support/desk.ts';
import { ID, proposal, stored } from '../support/fixtures.ts';
import { time, world } from '../support/world.ts';
import {
  act,
  agreed,
  automation,
  begin,
  children,
  command,
  documentOf,
  freshWorld,
  ledger,
  REASON,
  think,
} from './world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/secrets.ts', () => import('../support/secrets.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));
vi.mock('../../lambdas/kit/bucket/bytes.ts', () => import('../support/bucket.ts'));

beforeEach(freshWorld);
afterEach(() => ledger.close());

const COMPENSATES: NonNullable<ProposalDocument['compensates']> = {
  ...{ item: ID, action: 1, name: 'refund', by: 'ops', summary: 'Refund EUR 24.90', reason: REASON },
  doneAt: '2026-12-01T08:10:00.000Z',
};

describe('whoever is asked reads that something is taken back', () => {
  const charge = proposal({ summary: 'Charge EUR 24.90 again', compensates: COMPENSATES });

  it('on the page, first of all, and whose it was', async () => {
    world.reset();
    question(charge);
    const { text } = await show();
    const told = text.slice(text.indexOf('id="compensates"'));
    expect(told).toMatch(
      /This takes back what was done\.<\/b> Action 1 of item <b>1a1a1a1<\/b>, done .*: Refund EUR 24\.90/s,
    );
    expect(told).toContain(`ops asks for it: “${REASON}”`);
    expect(text.indexOf('id="compensates"')).toBeLessThan(text.indexOf('Why you are asked'));
  });

  it('in the mail', async () => {
    world.reset();
    question(charge);
    const asked = { group: 'leads', via: '' };
    const letter = { row: row(), document: charge, url: 'https://desk.example/x', asked, reminder: false };
    const { text, html } = await letterOf(letter);
    for (const body of [text, html]) {
      expect(body).toContain('This takes back what was done');
      expect(body).toContain('Refund EUR 24.90');
      expect(body).toContain(`ops asks for it: “${REASON}”`);
    }
  });
});

describe('personal data', () => {
  const EMAIL = 'mara@example.com';

  it('that the item kept as tokens is kept as tokens by what takes it back, and goes out in clear', async () => {
    const privacy = { tokens: 'all' as const };
    const vault = new Vault(ID, privacy);
    const clear = { ...documentOf(ID), text: `Ask ${EMAIL}`, parameters: { amount: EMAIL } };
    const hidden = hideIn(clear, vault);
    const key = `items/${ID}/tokens-1.json`;
    world.content.set(`bucket/${key}`, JSON.stringify(vault.book));
    const tokens = { key, digest: digest(vault.book), shownTo: [] };
    const document = { ...hidden, tokens };
    const from = stored().action?.idempotencyKey.slice(ID.length + 1) ?? '';
    const changed = JSON.parse(JSON.stringify(stored()).replaceAll(from, digest(document).slice(0, 16)));
    world.content.set(`bucket/${stored().proposalKey}`, JSON.stringify(document));
    world.tables.put('items', { ...changed, private: true, tokenBook: { key, digest: tokens.digest } });

    const { body } = await command();
    await think(body.id, { of: { ...automation, privacy } as Automation });

    expect(stored(body.id)).toMatchObject({ verdict: 'ask', private: true });
    expect(JSON.stringify([stored(body.id), documentOf(body.id)])).not.toContain(EMAIL);
    const kept = documentOf(body.id);
    expect(kept.text).toBe(hidden.text);
    expect((await inClear('bucket', kept)).parameters).toMatchObject({ amount: EMAIL });
  });
});

describe('an erasure', () => {
  const about = async () =>
    putSubjects('subjects', await subjectHashes('signalbox/subjects', [ZOE]), stored());

  it('takes the items that took something back with it, every try of them', async () => {
    await about();
    const { body: first } = await command();
    world.tables.put('items', { ...stored(first.id), status: 'rejected' });
    const { body } = await command();
    await think(body.id);
    agreed(body.id);
    await act(body.id);
    time.advance(3600);

    const { body: gone } = await erase();

    expect(gone.items).toMatchObject([{ id: ID, outcome: 'erased' }]);
    for (const { id } of [...children(), stored()]) {
      expect(stored(id).erasedAt).toBeDefined();
      expect(JSON.stringify(stored(id))).not.toContain(REASON);
      expect([...world.content.keys()].filter((key) => key.includes(id))).toEqual([]);
    }
    expect(children()).toHaveLength(2);
    expect((await erase()).body.items).toEqual([]);
  });

  it('waits for one that acts, and finds both again', async () => {
    await about();
    const { body } = await command();
    await think(body.id);
    world.tables.put('items', { ...stored(body.id), status: 'acting' });
    time.advance(3600);

    expect((await erase()).body.items).toMatchObject([{ id: ID, outcome: 'acts' }]);
    world.tables.put('items', { ...stored(body.id), status: 'done' });
    time.advance(3600);
    expect((await erase()).body.items).toMatchObject([{ id: ID, outcome: 'erased' }]);
    expect(stored(body.id).erasedAt).toBeDefined();
  });

  it('of what is not decided yet withdraws it, and nothing is taken back', async () => {
    await about();
    const { body } = await command();
    time.advance(3600);
    await erase();
    expect(stored(body.id).status).toBe('withdrawn');
    await think(body.id);
    expect(world.executions.size).toBe(0);
    await begin();
  });
});

describe('a declaration', () => {
  const faults = (action: string) =>
    faultsInCompensations({
      ...automation,
      actions: {
        ...automation.actions,
        charge: { ...automation.actions.charge, compensate: { action, parameters: () => ({}) } },
      },
    } as Automation);

  it('may name an action whose own is the first: each is asked for', () =>
    expect([faultsInCompensations(automation), faults('refund')]).toEqual([[], []]));
  it.each([
    ['charge', /names the action itself/],
    ['repay', /'compensate' of action 'charge' is 'repay', which is not in 'actions'/],
  ])('is refused at synth where it names %s', (action, fault) => {
    expect(faults(action)).toEqual([expect.stringMatching(fault)]);
  });
});
