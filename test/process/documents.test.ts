import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ReadDocument } from '../../lambdas/contract/document.ts';
import { SystemError } from '../../lambdas/kit/errors.ts';
import { readRecord } from '../../lambdas/read/stage/read.ts';
import { arrived, POLICY, read, reader } from '../read/stage/world.ts';
import { door, ENV, eventsOf, ID, PAY, sqsRecord, stored } from '../support/fixtures.ts';
import { time, world } from '../support/world.ts';
import { thinking, work } from './world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/bucket/bytes.ts', () => import('../support/bucket.ts'));
vi.mock('../../lambdas/models/step.ts', () => ({ stepRunner: () => door() }));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
  arrived(['%PDF Invoice seven', '%PDF Invoice eight']);
  world.content.set(`bucket/items/${ID}/body.json`, '{"text":"please pay"}');
});

describe('an item with documents', () => {
  it('that are not read yet is nobody’s to think about: its message goes to be read', async () => {
    const asked: unknown[] = [];
    const counting = thinking(async (item) => {
      asked.push(item);
      return PAY;
    });
    await work({ implementation: counting });
    // Somebody let it go on before it was read.
    await work({ receives: 2, implementation: counting });

    expect(asked).toEqual([]);
    expect(eventsOf()).not.toContain('processing');
    expect(world.sent('reads')).toEqual([
      { itemId: ID, generation: 1 },
      { itemId: ID, generation: 1 },
    ]);
  });

  it('is thought about with what was read, and its text is part of the item’s', async () => {
    await read();
    let seen: { text: string; documents?: readonly ReadDocument[] } | undefined;
    await work({
      implementation: thinking(async (item) => {
        seen = item;
        return PAY;
      }),
    });

    expect(seen?.text).toContain('[document 2 of 2: Secret b.pdf, page 1 of 1]\n%PDF Invoice eight');
    expect(seen?.documents).toMatchObject([
      { name: 'Secret a.pdf', readingKey: expect.any(String), pages: [{ words: [] }] },
      { pages: [{ text: '%PDF Invoice eight' }] },
    ]);
    expect(stored().verdict).toBe('act');
    expect(world.tables.snapshot()).not.toMatch(/Invoice|Secret/);
  });

  it('is parked where what lies there is not what was read', async () => {
    await read();
    const key = [...world.content.keys()].find((it) => it.endsWith('/text.json')) ?? '';
    world.content.set(key, (world.content.get(key) ?? '').replace('seven', 'evil'));
    await work();

    expect(stored()).toMatchObject({
      status: 'parked',
      error: { class: 'SystemError', message: 'what was read of document 1 is not what is kept of it' },
    });
  });
});

it('the words of a document are in no log line and no message, whatever fails', async () => {
  const by = reader(() => new SystemError('a wrong setting'));
  await readRecord(sqsRecord({ itemId: ID, generation: 1 }), {
    ...{ env: ENV, automation: { name: 'demo', documents: POLICY }, readApart: by.readApart },
  });

  expect(JSON.stringify([...world.queues])).not.toMatch(/Invoice|Secret/);
  expect(world.tables.snapshot()).not.toMatch(/Invoice|Secret/);
});
