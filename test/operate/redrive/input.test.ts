import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Automation } from '../../../lambdas/contract/automation.ts';
import { itemsAbout, subjectHashes } from '../../../lambdas/tables/subjects/subjects.ts';
import { registryEntry } from '../../../lib/parts/registry.ts';
import { OPERATOR, through } from '../../support/api.ts';
import { ENV, ID, stored } from '../../support/fixtures.ts';
import { answer } from '../../support/gateway.ts';
import { world } from '../../support/world.ts';
import { closeHouse, demo, freshHouse, model, posted, REASON, redrive, redriven, settle } from './world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/secrets.ts', () => import('../../support/secrets.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

beforeEach(freshHouse);
afterEach(closeHouse);

describe('another input', () => {
  const zoe: Automation = { ...demo, subjects: () => ['zoe@example.com'] };

  it('takes the place of the first, which is kept, and is found by what it is about', async () => {
    posted({ status: 'quarantined', unfit: true, reference: 'old' });
    world.queues.clear();
    const body = { subject: 'W1002', text: 'charged three times' };

    const { status } = await through(
      (event, caller) => answer(event, caller, [registryEntry(zoe)], [], [zoe]),
      {
        ...{ route: 'POST /v1/items/{id}/redrive', path: `/v1/items/${ID}/redrive`, params: { id: ID } },
        ...{ body: { reason: REASON, body }, caller: OPERATOR },
      },
    );
    await settle();

    expect(status).toBe(202);
    const { bodyKey, reference } = stored();
    expect(bodyKey).toMatch(/\/body-[0-9a-f-]{36}\.json$/);
    expect(JSON.parse(world.content.get(`bucket/${bodyKey}`) ?? '')).toEqual(body);
    expect(JSON.parse(world.content.get(`bucket/items/${ID}/body.json`) ?? '')).toEqual({
      text: 'charged twice',
    });
    expect(reference).toMatch(/^[0-9a-f]{32}$/);
    expect(stored()).toMatchObject({ status: 'done', generation: 2 });
    expect(stored()).not.toHaveProperty('unfit');
    expect(redriven()).toMatchObject([{ edited: true }]);
    expect(model.seen.at(-1)?.body).toContain('charged three times');
    const [hash = ''] = await subjectHashes(ENV.SUBJECT_SECRET, ['zoe@example.com']);
    expect((await itemsAbout('subjects', 'demo', hash, { after: undefined, most: 10 })).items).toMatchObject([
      { item: ID },
    ]);
  });

  it('that does not fit the schema is refused by the name of its field, and its words are nowhere', async () => {
    posted({ status: 'parked' });
    const { status, body } = await redrive({
      body: { subject: 'much longer than twenty', surplus: 'words' },
    });
    expect(status).toBe(400);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/body/subject',
      '/body/surplus',
    ]);
    expect(JSON.stringify([stored(), world.tables.all('audit')])).not.toContain('much longer');
    expect(stored().generation).toBe(1);
  });
});
