import { beforeEach, describe, expect, it, vi } from 'vitest';
import { isOurs, nonceField } from '../../lambdas/console/forms.ts';
import { freshHouse, put, signedIn, stored } from '../support/console.ts';
import { time, world } from '../support/world.ts';
import { formOf, read, send } from './many-world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/clock.ts', () => import('../support/clock.ts'));

beforeEach(freshHouse);

const PLACE = { subject: 's', browser: 'b'.repeat(16), about: 'the console' } as const;
const hold = (name: string, key: string, ...before: string[]) => {
  world.secrets[name] = JSON.stringify({ key, before });
};

async function made(keys: string): Promise<string> {
  return /value="([^"]+)"/.exec(String(await nonceField(keys, PLACE)))?.[1] ?? '';
}

function ours(keys: string, nonce: string): Promise<boolean> {
  const field = (name: string) => (name === 'nonce' ? nonce : undefined);
  return isOurs(keys, PLACE, { field, names: ['nonce'], cookie: PLACE.browser, browser: true });
}

describe('a form that is open when the root of keys is changed (ADR 0115)', () => {
  it('is ours as long as the earlier root is there, and new ones are by the new root', async () => {
    hold('forms-changed', 'one');
    const early = await made('forms-changed');
    hold('forms-changed', 'two', 'one');
    time.advance(301);
    expect(await ours('forms-changed', early)).toBe(true);
    const late = await made('forms-changed');
    hold('forms-changed', 'two');
    time.advance(301);
    expect([await ours('forms-changed', early), await ours('forms-changed', late)]).toEqual([false, true]);
  });

  it('is ours where another container made it by a root that this one does not know yet', async () => {
    hold('forms-there', 'two', 'one');
    const nonce = await made('forms-there');
    hold('forms-here', 'one');
    await made('forms-here');
    hold('forms-here', 'two', 'one');
    time.advance(11);
    expect(await ours('forms-here', nonce)).toBe(true);
  });

  it('records each of many decisions', async () => {
    const ann = await signedIn('ann@example.com');
    for (const id of ['a', 'b']) put(id);
    const { text } = await read(ann, 'approve', 'a', 'b');
    hold('signalbox/approvals', 'another', 'key-of-the-desk');
    time.advance(301);
    const { text: done } = await send(ann, formOf(text));
    expect(done).toContain('<h1>2 approvals approved</h1>');
    expect([stored('a').status, stored('b').status]).toEqual(['decided', 'decided']);
  });
});
