import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import * as mini from 'zod/mini';
import * as z from 'zod/v4/core';
import { ask } from '../../lambdas/approve/ask/ask.ts';
import { askMessage } from '../../lambdas/approve/channels/slack/messages.ts';
import { onChange } from '../../lambdas/approve/on-change.ts';
import type { ApprovalRow } from '../../lambdas/contract/approval.ts';
import type { Automation, Implementation, StepRunner } from '../../lambdas/contract/automation.ts';
import type { ProposalDocument } from '../../lambdas/contract/item/proposal-document.ts';
import type { Verdict } from '../../lambdas/contract/item/status.ts';
import { ProcessingError } from '../../lambdas/kit/errors.ts';
import { logger } from '../../lambdas/kit/telemetry.ts';
import { finish, start } from '../../lambdas/process/finish.ts';
import { think } from '../../lambdas/process/pipeline.ts';
import { Lease } from '../../lambdas/tables/items/lease.ts';
import type { AskedHere } from '../../local/asking.ts';
import { answeredBy } from '../../local/no-steps.ts';
import { askedAs } from '../support/asked.ts';
import { automations } from '../support/automations.ts';
import { ENV, itemRow, SETTINGS, scripted, stored } from '../support/fixtures.ts';
import { time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));

/*
 * A word in every text that a model can answer with, for every automation of the registry, also for one that
 * is written without care: it stands in the proposal, where people decide about it, and nowhere else.
 */

const SENTINEL = 'zyxquokka';
const SENTENCES = [SENTINEL, `The customer says ${SENTINEL} and wants it done at once, please.`];

const written: string[] = [];
const streams = (['log', 'info', 'warn', 'error', 'debug', 'trace'] as const).map((name) =>
  vi.spyOn(console, name).mockImplementation((...line) => void written.push(line.map(String).join(' '))),
);
const stdout = vi
  .spyOn(process.stdout, 'write')
  .mockImplementation((chunk) => Boolean(written.push(String(chunk))));
afterAll(() => {
  for (const spy of [...streams, stdout]) spy.mockRestore();
});

beforeEach(() => {
  world.reset();
  time.freeze();
  logger.setLogLevel('TRACE');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
  world.secrets = { 'signalbox/approvals': '{"key":"k"}' };
});

type Shape = Readonly<Record<string, unknown>>;

/**
 * The sentence in every text, one choice of every list after the other, and ids that were given where a list
 * takes any.
 */
async function saying(
  automation: Automation,
  sentence: string,
  way: number,
): Promise<StepRunner & AskedHere> {
  const amount = amountOf(automation);
  const fill = (shape: Shape, ids: readonly string[]): unknown => {
    if (Array.isArray(shape.enum)) return shape.enum[way % shape.enum.length];
    if (shape.type === 'object')
      return Object.fromEntries(
        Object.entries((shape.properties ?? {}) as Shape).map(([name, part]) => [
          name,
          fill(part as Shape, ids),
        ]),
      );
    if (shape.type === 'array') {
      const word = fill((shape.items ?? {}) as Shape, []);
      return [ids.slice(0, 1), [word], [...ids.slice(0, 1), word]][Math.floor(way / 4) % 3];
    }
    if (shape.type === 'boolean') return true;
    if (shape.type !== 'string') return 1;
    return typeof shape.pattern === 'string' ? amount : sentence.slice(0, Number(shape.maxLength ?? 999));
  };
  return {
    ...scripted(),
    ...(await askedAs(automation)),
    ...answeredBy(async (_step, { input, schema }) => {
      const ids = [...JSON.stringify(input).matchAll(/"(?:id|rule)":"([^"]+)"/g)].map(([, id = '']) => id);
      const { success, data } = z.safeParse(schema, fill(z.toJSONSchema(schema) as Shape, ids));
      if (!success) throw new ProcessingError('no usable answer');
      return data as never;
    }),
  };
}

interface Thinker {
  automation: Automation;
  implementation: Implementation;
}

const remark = mini.object({ brief: mini.string() });

/** As somebody writes who has not read the guide: the model's words in every place that takes a text. */
function careless({ automation, implementation }: Thinker, says: Verdict): Thinker {
  return {
    implementation: {
      ...implementation,
      async evaluate(item, step) {
        const prompt = { version: 'remark.v1', text: 'Say something.' };
        const { brief } = await step.model('remark', { prompt, input: {}, schema: remark });
        const { parameters, ...handed } = automation.handOver(item, brief);
        const evidence = [{ source: brief, quote: brief }];
        return { ...handed, parameters: { ...parameters, [brief]: brief }, evidence };
      },
    },
    automation: {
      ...automation,
      gate: ({ proposal: { reason = 'none', evidence } }) => ({
        verdict: says,
        reasons: [reason, `it rests on ${evidence[0]?.source}`],
      }),
    },
  };
}

const group = (...emails: string[]) => emails.map((email) => ({ email }));

const pipelineOf = ({ asked, searched }: AskedHere) => ({ asked, searched });

/** From thinking to the question at the desk; all that was written on the way, by where it stands. */
async function told({ automation, implementation }: Thinker, step: StepRunner & AskedHere) {
  const body = exampleOf(automation);
  const id = `${automation.name}_${'b2'.repeat(16)}`;
  const row = itemRow({ id, automation: automation.name, status: 'processing' });
  world.tables.put('items', row);
  const received = { id, automation: automation.name, generation: 1, body, feedback: [] };
  const thought = await think(received, { automation, implementation, step, ...pipelineOf(step) });
  const lease = new Lease();
  world.tables.put('items', { ...row, ...lease.take() });
  const judged = await finish({ ...ENV }, { row, lease, calls: [] }, thought, automation);
  if (judged) await start(ENV, judged, automation);
  const { proposalKey = '', verdict } = stored(id);
  const document = JSON.parse(world.content.get(`bucket/${proposalKey}`) ?? '') as ProposalDocument;
  const where: Record<string, unknown> = { row: stored(id), log: written, summary: document.summary };
  if (verdict === 'ask') {
    const { group: first, escalateTo } = automation.approval;
    const groups = { [first]: group('ann@example.com'), [escalateTo]: group('eve@example.com') };
    world.tokens.add('token-1');
    const context = { env: ENV, settings: { ...SETTINGS, groups }, declarations: [automation] };
    await ask({ itemId: id, generation: 1, taskToken: 'token-1' }, context);
    const approval = world.tables.row<ApprovalRow>('approvals', `${id}-g1`) as ApprovalRow;
    await onChange(approval, undefined, ENV);
    const slack = askMessage({ document, row: approval, url: 'https://desk.example/a' });
    Object.assign(where, {
      approval,
      subjects: world.mails.map(({ subject }) => subject),
      audit: world.tables.all('audit'),
      'line in Slack': slack.text,
      events: world.events,
      queues: [...world.queues],
      runs: [...world.executions],
    });
  }
  return { verdict, document, where };
}

const exampleOf = ({ examples }: Automation) => examples.find(({ expect: it }) => it === 'act')?.body;
const amountOf = (automation: Automation) =>
  String((exampleOf(automation) as { amount?: string } | undefined)?.amount ?? '12.50');

const leaks = (where: Record<string, unknown>) =>
  Object.entries(where).flatMap(([place, it]) =>
    JSON.stringify(it).includes(SENTINEL) ? [`${place}: ${JSON.stringify(it).slice(0, 3000)}`] : [],
  );

describe.each(automations.map((automation) => [automation.name, automation] as const))(
  'what a model says to %s',
  (_, automation) => {
    const implementationOf = async (): Promise<Implementation> =>
      (await import(`../../automations/${automation.name}/evaluate.ts`)).implementation;

    it.each(SENTENCES)('stands in no reason, row, subject, chat, audit or log: %j', async (sentence) => {
      const thinker = { automation, implementation: await implementationOf() };
      const verdicts = new Set<string | undefined>();
      for (let way = 0; way < 12; way += 1) {
        world.reset();
        written.length = 0;
        const { verdict, where } = await told(thinker, await saying(automation, sentence, way));
        verdicts.add(verdict);
        expect(leaks(where), `way ${way}`).toEqual([]);
      }
      // Both ways were gone: without a person, and to the desk.
      expect([...verdicts]).toEqual(expect.arrayContaining(['act', 'ask']));
    });

    it.each(SENTENCES)(
      'stands in none of them where the automation was written without care: %j',
      async (sentence) => {
        const implementation = await implementationOf();
        for (const says of ['act', 'ask', 'refuse'] as const) {
          world.reset();
          written.length = 0;
          const thinker = careless({ automation, implementation }, says);
          const { verdict, where, document } = await told(thinker, await saying(automation, sentence, 0));
          expect(verdict).toBe(says === 'act' ? 'ask' : says);
          expect(JSON.stringify(document)).toContain(SENTINEL);
          expect(leaks(where), `its policy says ${says}`).toEqual([]);
        }
      },
    );
  },
);
