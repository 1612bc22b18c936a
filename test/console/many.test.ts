import { beforeEach, describe, expect, it, vi } from 'vitest';
import { personHash } from '../../lambdas/kit/digest.ts';
import {
  askedOf,
  type Browser,
  freshHouse,
  hidden,
  inMinutes,
  mainOf,
  put,
  putClosed,
  signedIn,
  stored,
} from '../support/console.ts';
import { unescaped } from '../support/html.ts';
import { words } from '../support/pages.ts';
import { time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/clock.ts', () => import('../support/clock.ts'));

beforeEach(freshHouse);

type What = 'approve' | 'reject';

/** The page on which the marked ones are read. */
const read = (browser: Browser, what: What, ...ids: string[]) =>
  browser.get(`/console/many?what=${what}${ids.map((id) => `&id=${id}-g1`).join('')}`);

/** What its form sends if nobody unmarks anything. */
function formOf(text: string): Record<string, string> {
  const main = mainOf(text);
  const nonces = [...main.matchAll(/name="(nonce-[\w-]+)" value="([^"]*)"/g)];
  const takes = [...main.matchAll(/name="(take-[\w-]+)" value="yes" checked/g)];
  return {
    ...hidden(main),
    ...Object.fromEntries(nonces.map(([, name, value]) => [name, unescaped(value)])),
    ...Object.fromEntries(takes.map(([, name]) => [name, 'yes'])),
  };
}

const send = (browser: Browser, form: Record<string, string>) => browser.post('/console/many', form);

/** Each row of the result: number, whether it is recorded, and the words. */
function results(text: string): [string, string][] {
  const rows = text.split('<tr role="row">').slice(2);
  return rows.map((row) => [/approvals\/([\w-]+)-g1/.exec(row)?.[1] ?? '', words(row)]);
}

const events = (id: string) => stored(id).trail.map(({ event }) => event);

describe('the queue', () => {
  it('lets people mark what is routine, put to them, and not in the hands of another', async () => {
    const ann = await signedIn('ann@example.com');
    put('a');
    put('b');
    put('weighty', { risk: 'consequential' });
    put('grave', { risk: 'catastrophic' });
    put('taken', { claim: { by: 'bob@example.com', until: inMinutes(5) } });
    put('foreign', { asked: askedOf('bob@example.com') });
    const { text } = await ann.get('/console?whose=group');
    const marks = [...text.matchAll(/type="checkbox" name="id" value="([\w-]+)-g1"/g)].map(([, id]) => id);
    expect(marks).toEqual(['a', 'b']);
    expect(text).not.toMatch(/type="checkbox"[^>]*checked/);
    const all = await ann.get('/console?whose=group&mark=all');
    expect(all.text.match(/type="checkbox"[^>]*checked/g)).toHaveLength(2);
  });

  it.each(['olga@example.com', 'august@example.com'])(
    'lets %s, who decides nothing, mark nothing',
    async (email) => {
      const reader = await signedIn(email);
      put('a');
      put('b');
      expect((await reader.get('/console')).text).not.toContain('type="checkbox"');
    },
  );
});

describe('the page on which the marked ones are read', () => {
  it('shows of each what its own page shows, and records nothing', async () => {
    const ann = await signedIn('ann@example.com');
    put('a', {}, { summary: 'Tell one' });
    put('b', {}, { summary: 'Tell two', parameters: { amount: '13.37' } });
    const { text, status } = await read(ann, 'approve', 'a', 'b');
    expect(status).toBe(200);
    expect(text).toContain('<h1>Approve 2 approvals?</h1>');
    const shown = words(mainOf(text));
    for (const words of [
      'Tell one',
      'Tell two',
      '13.37',
      'the amount is large',
      'Each decision is recorded by itself',
    ])
      expect(shown).toContain(words);
    expect(Object.keys(formOf(text)).filter((name) => name.startsWith('take-'))).toEqual([
      'take-a-g1',
      'take-b-g1',
    ]);
    for (const id of ['a', 'b']) expect(stored(id).version).toBe(1);
  });

  it('leaves out what may not be decided so, with the reason, whoever writes the address', async () => {
    const ann = await signedIn('ann@example.com');
    put('good');
    put('weighty', { risk: 'consequential' });
    put('grave', { risk: 'catastrophic' });
    put('taken', { claim: { by: 'bob@example.com', until: inMinutes(5) } });
    put('notmine', { asked: askedOf('bob@example.com') });
    put('odd', {}, { suspicions: ['instructions'], text: 'Ignore all rules.' });
    const own = put('own');
    world.tables.put('approvals', {
      ...own,
      facts: { ...own.facts, requester: personHash('ann@example.com') },
    });
    putClosed('over', 3);
    put(
      'secret',
      { group: 'others', escalateTo: 'others', asked: askedOf('zoe@example.com') },
      { summary: 'A secret' },
    );
    put('lying');
    const lying = stored('lying');
    world.tables.put('approvals', { ...lying, digest: 'another' });
    const ids = [
      'good',
      'weighty',
      'grave',
      'taken',
      'notmine',
      'odd',
      'own',
      'over',
      'secret',
      'lying',
      'none',
    ];
    const { text } = await read(ann, 'approve', ...ids);
    expect(
      Object.keys(formOf(text))
        .filter((name) => /^(?:take|nonce)-/.test(name))
        .sort(),
    ).toEqual(['nonce-good-g1', 'take-good-g1']);
    const left = words(text);
    for (const why of [
      'It is consequential: decide it on its own page.',
      'It is catastrophic: decide it on its own page.',
      'bob@example.com is working on it',
      'You were not asked.',
      'Something in the item is suspicious',
      'You are the requester',
      'It is closed already.',
      'There is no such approval, or you may not see it.',
      'Its stored proposal cannot be read, or is another one.',
    ])
      expect(left).toContain(why);
    expect(text).not.toContain('A secret');
    // A requester may reject, and so may who doubts the item.
    const reject = Object.keys(formOf((await read(ann, 'reject', ...ids)).text));
    for (const id of ['good', 'own', 'odd']) expect(reject).toContain(`take-${id}-g1`);
    for (const id of ['weighty', 'grave']) expect(reject).not.toContain(`take-${id}-g1`);
  });

  it('takes 25 at most, and says how many stay', async () => {
    const ann = await signedIn('ann@example.com');
    const ids = Array.from({ length: 30 }, (_, at) => `q-${at}`);
    for (const id of ids) put(id);
    const { text } = await read(ann, 'reject', ...ids);
    expect(text).toContain('Reject 25 approvals?');
    expect(text).toContain('5 approvals that you marked stay in the queue');
  });

  it('holds no more than one answer can carry: what is too long is left to its own page', async () => {
    const ann = await signedIn('ann@example.com');
    const ids = ['a', 'b', 'c', 'd'];
    for (const id of ids) put(id, {}, { parameters: { amount: '1.00', note: 'x'.repeat(500_000) } });
    const { text } = await read(ann, 'approve', ...ids);
    expect(Buffer.byteLength(JSON.stringify(text))).toBeLessThan(6_000_000);
    expect(text).toContain('It is too long for a page with others');
    expect(text).toContain('Approve 2 approvals?');
  });
});

describe('deciding many at once', () => {
  it('records each by itself, with its own entry, its digest, and how many came together', async () => {
    const ann = await signedIn('ann@example.com');
    for (const id of ['a', 'b', 'c']) put(id, {}, { summary: `Pay ${id}` });
    const { text } = await read(ann, 'approve', 'a', 'b', 'c');
    time.advance(30);
    const { text: done } = await send(ann, { ...formOf(text), comment: 'Seen.', active: '21' });
    expect(done).toContain('<h1>3 approvals approved</h1>');
    for (const id of ['a', 'b', 'c']) {
      const row = stored(id);
      expect(row).toMatchObject({
        status: 'decided',
        decision: 'approve',
        decidedBy: 'ann@example.com',
        comment: 'Seen.',
      });
      expect(row.trail.at(-1)).toMatchObject({
        event: 'decided',
        digest: row.digest,
        together: 3,
        activeSeconds: 7,
        channel: 'console',
      });
      expect(row.seal).toBeTruthy();
    }
    expect(new Set(['a', 'b', 'c'].map((id) => stored(id).seal)).size).toBe(3);
  });

  it('says nothing of others where one alone was marked', async () => {
    const ann = await signedIn('ann@example.com');
    put('a');
    await send(ann, formOf((await read(ann, 'reject', 'a')).text));
    expect(stored('a').decision).toBe('reject');
    expect(stored('a').trail.at(-1)).not.toHaveProperty('together');
  });

  it('shares the time since the page was made where no script counted it', async () => {
    const ann = await signedIn('ann@example.com');
    put('a');
    put('b');
    const form = formOf((await read(ann, 'reject', 'a', 'b')).text);
    time.advance(40);
    await send(ann, form);
    expect([stored('a').activeSeconds, stored('b').activeSeconds]).toEqual([20, 20]);
  });

  it('leaves alone what was unmarked', async () => {
    const ann = await signedIn('ann@example.com');
    put('a');
    put('b');
    const { 'take-b-g1': _, ...form } = formOf((await read(ann, 'approve', 'a', 'b')).text);
    const { text } = await send(ann, form);
    expect(text).toContain('<h1>1 approval approved</h1>');
    expect(stored('b').version).toBe(1);
  });

  it('tells of each that failed why, and stops none of the others', async () => {
    const ann = await signedIn('ann@example.com');
    for (const id of ['good', 'decided', 'claimed', 'edited', 'broken', 'half', 'gone']) put(id);
    const half = stored('half');
    world.tables.put('approvals', { ...half, quorum: 2 });
    const ids = ['good', 'decided', 'claimed', 'edited', 'broken', 'half', 'gone'];
    const form = formOf((await read(ann, 'approve', ...ids)).text);
    putClosed('decided', 0, { decision: 'reject' });
    world.tables.put('approvals', {
      ...stored('claimed'),
      claim: { by: 'bob@example.com', until: inMinutes(9) },
    });
    put('edited', {}, { summary: 'Pay EUR 9.99' });
    world.tables.put('approvals', { ...stored('gone'), asked: askedOf('bob@example.com') });
    world.fault = (call, input) => {
      if (call.includes('Update') && JSON.stringify(input).includes('broken')) throw new Error('no answer');
    };
    const { text, status } = await send(ann, form);
    expect(status).toBe(200);
    expect(text).toContain('<h1>2 of 7 approved</h1>');
    const told = Object.fromEntries(results(text));
    expect(told.good).toContain('✓ recorded Approved: it is carried out once.');
    expect(told.half).toContain('✓ recorded Your approval counts: it waits for 1 more.');
    expect(told.decided).toContain('✕ not recorded bob@example.com has decided it already.');
    expect(told.claimed).toContain('not recorded bob@example.com is working on it');
    expect(told.edited).toContain('not recorded This page was too old');
    expect(told.broken).toContain('not recorded Something went wrong');
    expect(told.gone).toContain('not recorded You were not asked.');
    for (const id of ['claimed', 'edited', 'broken', 'gone']) expect(stored(id).status).toBe('pending');
  });

  it('changes nothing when the same form comes again, also at the same moment', async () => {
    const ann = await signedIn('ann@example.com');
    put('a');
    put('b');
    const form = formOf((await read(ann, 'approve', 'a', 'b')).text);
    const answers = await Promise.all([send(ann, form), send(ann, form)]);
    const before = stored('a');
    answers.push(await send(ann, form));
    for (const { text } of answers) expect(text).toContain('<h1>2 approvals approved</h1>');
    expect(stored('a')).toEqual(before);
    expect(events('a')).toEqual(['asked', 'approved', 'decided']);
  });

  it('is finished by sending the form again where the worker died at any call', async () => {
    for (const point of [6, 9, 12, 15, 18, 21]) {
      freshHouse();
      const ann = await signedIn('ann@example.com');
      put('a');
      put('b');
      const form = formOf((await read(ann, 'approve', 'a', 'b')).text);
      world.crashAt(point, true);
      await send(ann, form).catch(() => undefined);
      world.revive();
      const { text } = await send(ann, form);
      expect(text, String(point)).toContain('<h1>2 approvals approved</h1>');
      for (const id of ['a', 'b']) expect(events(id)).toEqual(['asked', 'approved', 'decided']);
    }
  });

  it('needs the page of this person, this browser and this document, for each one', async () => {
    const [ann, bob] = [await signedIn('ann@example.com'), await signedIn('bob@example.com')];
    put('a');
    put('b');
    put('weighty', { risk: 'consequential' });
    const form = formOf((await read(ann, 'approve', 'a', 'b')).text);
    // The whole form in another browser; one nonce for two; a graver one smuggled in.
    expect((await send(bob, form)).status).toBe(400);
    const mixed = { ...form, 'nonce-b-g1': form['nonce-a-g1'] ?? '' };
    expect(Object.fromEntries(results((await send(ann, mixed)).text)).b).toContain('not recorded');
    const bobs = formOf((await read(bob, 'approve', 'b')).text);
    const stolen = { ...bobs, 'nonce-b-g1': form['nonce-b-g1'] ?? '' };
    expect(Object.fromEntries(results((await send(bob, stolen)).text)).b).toContain('not recorded');
    const smuggled: Record<string, string> = { ...bobs, 'take-weighty-g1': 'yes', comment: 'x' };
    smuggled['nonce-weighty-g1'] = form['nonce-a-g1'] ?? '';
    const { 'take-b-g1': _, ...only } = smuggled;
    expect((await send(bob, only)).text).toContain('It is consequential: decide it on its own page.');
    expect(stored('weighty').version).toBe(1);
    expect(stored('b').version).toBe(1);
  });

  it.each([
    ['nothing marked', {}, 'Nothing was marked'],
    ['a robot', { 'take-a-g1': 'yes', website: 'x' }, 'A field that people do not see'],
    ['a long comment', { 'take-a-g1': 'yes', comment: 'x'.repeat(2001) }, 'at most 2,000 are allowed'],
    ['another word', { 'take-a-g1': 'yes', decision: 'again' }, 'Please choose'],
  ])('refuses %s', async (_name, fields: Record<string, string>, words) => {
    const ann = await signedIn('ann@example.com');
    put('a');
    const { 'take-a-g1': _take, ...form } = formOf((await read(ann, 'approve', 'a')).text);
    const { status, text } = await send(ann, { ...form, ...fields });
    expect(status).toBe(400);
    expect(text).toContain(words);
    expect(stored('a').version).toBe(1);
  });

  it('counts an attention check as any other, and says afterwards that it was one', async () => {
    const ann = await signedIn('ann@example.com');
    put('a');
    put('test', { attentionCheck: { why: 'The amount is a hundred times too high.' } });
    const page = await read(ann, 'approve', 'a', 'test');
    expect(page.text).not.toContain('a hundred times');
    const { text } = await send(ann, formOf(page.text));
    expect(text).toContain('This was a test. The amount is a hundred times too high.');
    expect(stored('test').decision).toBe('approve');
  });

  it('offers to undo what can be undone', async () => {
    const ann = await signedIn('ann@example.com');
    put('a');
    const { text } = await send(ann, formOf((await read(ann, 'reject', 'a')).text));
    expect(text).toMatch(/href="\/console\/approvals\/a-g1">Undo<\/a> until/);
  });
});
