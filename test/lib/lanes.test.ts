import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { automations, example } from '../support/automations.ts';
import { slicesOf } from '../support/slices.ts';
import { allowances, ofType, references, type Synthesised, synthesise, text } from '../support/synth.ts';

let prod: Synthesised;

beforeAll(async () => {
  prod = await synthesise('prod');
});

const separate = automations.filter(({ lanes }) => lanes === 'separate').map(({ name }) => name);
const urgentQueues = () =>
  ofType(prod, 'AWS::SQS::Queue').filter(({ resource }) =>
    text(resource.Properties.QueueName).endsWith('-work-urgent'),
  );

it('urgent work has a queue of its own where that is declared, and nowhere else', () => {
  expect(separate.length).toBeGreaterThan(0);
  expect(separate.length).toBeLessThan(automations.length);
  expect(urgentQueues().map(({ stack }) => stack)).toEqual(separate);
});

it('that queue has dead letters, and feeds the same function beside the other', () => {
  for (const { stack, id, resource } of urgentQueues()) {
    const own = { resources: prod.resources.filter((it) => it.stack === stack) };
    expect(resource.Properties.RedrivePolicy, stack).toMatchObject({ maxReceiveCount: 6 });
    const fed = ofType(own, 'AWS::Lambda::EventSourceMapping').filter(({ path }) => path.includes('process'));
    expect(fed, stack).toHaveLength(2);
    expect(new Set(fed.map(({ resource }) => JSON.stringify(resource.Properties.FunctionName))).size).toBe(1);
    expect(fed.some(({ resource }) => references(resource.Properties.EventSourceArn).includes(id))).toBe(
      true,
    );
  }
});

it('operators let items go on in both queues of every automation, and move dead letters to queues of this environment alone', () => {
  const resources = allowances(prod)
    .filter(({ stack, path, statement }) => {
      const actions = [statement.Action].flat();
      return stack === 'platform' && path.includes('commands') && actions.includes('sqs:SendMessage');
    })
    .flatMap(({ statement }) => [statement.Resource].flat().map(text));

  expect(resources.map((arn) => arn.split(':').at(-1)).sort()).toEqual([
    'Signalbox-prod-*',
    'signalbox-prod-*-work',
    'signalbox-prod-*-work-urgent',
  ]);
});

it('as many items act at a time as are thought about, and fifty at least', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-lanes-'));
  const like = example('support-triage');
  const all = [20, 200].map((maxConcurrency) => ({ ...like, name: `of-${maxConcurrency}`, maxConcurrency }));
  try {
    const slices = await slicesOf(all, 'test/support/example.config.ts', directory);
    const batches = (name: string, queue: string) =>
      Object.values(slices[name] ?? {})
        .filter(
          ({ Type, Properties }) =>
            Type === 'AWS::Lambda::EventSourceMapping' &&
            references(Properties.EventSourceArn)[0]?.startsWith(queue),
        )
        .map(({ Properties }) => Properties.ScalingConfig);
    expect(batches('of-20', 'workqueue')).toEqual([{ MaximumConcurrency: 2 }]);
    expect(batches('of-20', 'actionsqueue')).toEqual([{ MaximumConcurrency: 5 }]);
    expect(batches('of-200', 'workqueue')).toEqual([{ MaximumConcurrency: 20 }]);
    expect(batches('of-200', 'actionsqueue')).toEqual([{ MaximumConcurrency: 20 }]);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
