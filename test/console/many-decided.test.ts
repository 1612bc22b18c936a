import { beforeEach, describe, expect, it, vi } from 'vitest';
import { askedOf, freshHouse, inMinutes, put, putClosed, signedIn, stored } from '../support/console.ts';
import { time, world } from '../support/world.ts';
import { events, formOf, read, results, send } from './many-world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/clock.ts', () => import('../support/clock.ts'));

beforeEach(freshHouse);

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
    ['a mark that says no', { 'take-a-g1': 'no' }, 'Nothing was marked'],
    [
      'a field that the page does not have',
      { 'take-a-g1': 'yes', amount: '9.99' },
      'amount&#39; is no field',
    ],
    [
      'a decision on an approval without its page',
      { 'take-a-g1': 'yes', 'nonce-': 'x' },
      'nonce-&#39; is no field',
    ],
  ])('refuses %s', async (_name, fields: Record<string, string>, words) => {
    const ann = await signedIn('ann@example.com');
    put('a');
    const { 'take-a-g1': _take, ...form } = formOf((await read(ann, 'approve', 'a')).text);
    const { status, text } = await send(ann, { ...form, ...fields });
    expect(status).toBe(400);
    expect(text).toContain(words);
    expect(stored('a').version).toBe(1);
  });

  it('refuses a form that says something twice: which of them was meant?', async () => {
    const ann = await signedIn('ann@example.com');
    put('a');
    const form = new URLSearchParams(formOf((await read(ann, 'approve', 'a')).text));
    form.append('comment', 'Only if the customer is known.');
    form.append('comment', '');
    const { status, text } = await ann.request('/console/many', { method: 'POST', body: form });
    expect(status).toBe(400);
    expect(text).toContain('was sent more than once');
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
