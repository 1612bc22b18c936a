import { beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import type { Automation, Implementation, ModelRequest } from '../../lambdas/contract/automation.ts';
import type { ItemRow } from '../../lambdas/contract/item/row.ts';
import { ProcessingError } from '../../lambdas/kit/errors.ts';
import { approvalId, mappingKey } from '../../lambdas/tables/keys.ts';
import { automation, type Demo, door, ID, itemRow, lineageEntry, stored } from '../support/fixtures.ts';
import { time, world } from '../support/world.ts';
import { thinking, work } from './world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));
vi.mock('../../lambdas/models/step.ts', () => ({ stepRunner: () => runner() }));

/** What a model says to the step `repair`: its answer, or why there is none. It hears its faults once, as in the real one. */
let says: object | Error | undefined;
let asked: { step: string; input: unknown }[] = [];
const PAID = lineageEntry({ step: 'repair' });

function runner() {
  const gone = door({ label: 'Billing' });
  const model = async (step: string, request: ModelRequest<unknown>): Promise<never> => {
    asked.push({ step, input: request.input });
    if (step !== 'repair') return { label: 'Billing' } as never;
    if (says instanceof Error) throw says;
    gone.lineage.push(PAID);
    const fault = request.missing?.(says);
    if (fault) throw new ProcessingError(`incomplete: ${fault}`);
    return says as never;
  };
  return Object.assign(gone, { model });
}

beforeEach(() => {
  world.reset();
  time.freeze();
  says = undefined;
  asked = [];
});

const NEEDS_SUBJECT = z.strictObject({ text: z.string(), subject: z.string() });

const mending: Automation<Demo> = {
  ...automation,
  prompts: { ...automation.prompts, repair: 'repair.v1' },
  repair: { model: true, consequential: ['/subject'] },
};
const implementation = {
  ...thinking(),
  prompts: { route: { version: 'route.v1', text: 'Sort.' }, repair: { version: 'repair.v1', text: 'Map.' } },
} as Implementation;

function came(original: string | object, fields: Partial<ItemRow> = {}): void {
  const { id } = itemRow(fields);
  const text = typeof original === 'string' ? original : JSON.stringify(original);
  world.tables.put('items', itemRow({ unfit: true, bodyKey: `items/${id}/body.json`, ...fields }));
  world.content.set(`bucket/items/${id}/raw.json`, JSON.stringify({ text, encoding: 'utf8' }));
}

const run = (of = mending, message = {}) => work({ of, implementation, message });
const content = (file: string, id = ID) => {
  const text = world.content.get(`bucket/items/${id}/${file}.json`);
  return text === undefined ? undefined : JSON.parse(text);
};
const steps = () => asked.map(({ step }) => step);

describe('what a client calls its fields', () => {
  const OTHER = `demo_${'b2'.repeat(16)}`;
  const again = (fields: Partial<ItemRow> = {}, original: object = { nachricht: 'and again' }) => {
    came(original, { id: OTHER, ...fields });
    says = new ProcessingError('nobody should ask');
    asked = [];
    return run(mending, { itemId: OTHER });
  };
  const other = () => world.tables.all('items').find(({ id }) => id === OTHER);
  const first = async (to = '/text') => {
    came(
      to === '/text'
        ? { nachricht: 'charged twice' }
        : { nachricht: 'a subject', text: 'charged twice', html: 7 },
    );
    says = { fields: [{ to, from: '/nachricht' }] };
    await run();
  };
  const ends = (fields: Partial<ItemRow>) =>
    world.tables.put('items', { ...(stored() as object), ...fields } as ItemRow);

  it('is remembered once its item was done: the next one needs no model', async () => {
    await first();
    ends({ status: 'done' });
    await again();

    expect(steps()).toEqual(['route']);
    expect(content('body', OTHER)).toEqual({ text: 'and again' });
    expect(content('repairs', OTHER)).toMatchObject([
      { pointer: '/text', source: '/nachricht', by: 'memory' },
    ]);
    expect(world.tables.all('idempotency').map(({ id }) => id)).toContain(
      mappingKey('demo', 'shop', 'nachricht'),
    );
    expect(world.tables.snapshot()).not.toContain('nachricht');
  });

  it.each<[string, Partial<ItemRow>, Partial<ItemRow>]>([
    ['its item is not done', { status: 'rejected' }, {}],
    ['another client says it', { status: 'done' }, { client: 'other' }],
  ])('is not believed where %s', async (_name, ended, asking) => {
    await first();
    ends(ended);
    await again(asking);
    expect(steps()).toEqual(['repair']);
    expect(other()).toMatchObject({ status: 'quarantined' });
  });

  it.each<[string, object | undefined, boolean]>([
    ['nobody was asked', undefined, false],
    [
      'a person approved it with changes',
      { decision: 'approve', edits: [{ field: 'a', from: 1, to: 2 }] },
      false,
    ],
    ['a person approved it as it was', { decision: 'approve' }, true],
  ])(
    'is believed of a consequential field only if a person approved it: %s',
    async (_name, decided, believed) => {
      const question = approvalId(ID, 1);
      world.tables.put('items', itemRow({ status: 'done', ...(decided ? { approvalId: question } : {}) }));
      if (decided) world.tables.put('approvals', { id: question, ...decided } as never);
      const id = mappingKey('demo', 'shop', 'betreff');
      world.tables.put('idempotency', {
        id,
        to: '/subject',
        itemId: ID,
        expiresAt: time.at / 1000 + 60,
      } as never);

      // Without its subject the body does not fit.
      const of = { ...mending, schema: NEEDS_SUBJECT };
      came({ betreff: 'invoice', text: 'a' }, { id: OTHER });
      says = new ProcessingError('nobody should ask');
      await work({ of, implementation, message: { itemId: OTHER } });
      expect(other()).toMatchObject(
        believed ? { verdict: 'ask', repairs: { by: ['memory'] } } : { status: 'quarantined' },
      );
    },
  );
});
