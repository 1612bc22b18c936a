import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { automation as refund } from '../../automations/refund-request/automation.ts';
import { implementation as refunding } from '../../automations/refund-request/evaluate.ts';
import { automation as support } from '../../automations/support-triage/automation.ts';
import { implementation as supporting } from '../../automations/support-triage/evaluate.ts';
import { actOn } from '../../lambdas/act/act.ts';
import { ask } from '../../lambdas/approve/ask/ask.ts';
import { pageApp } from '../../lambdas/approve/channels/page/page.ts';
import { onChange } from '../../lambdas/approve/on-change.ts';
import { timekeeper } from '../../lambdas/approve/timekeeper.ts';
import type { ApprovalRow } from '../../lambdas/contract/approval.ts';
import type { Automation } from '../../lambdas/contract/automation.ts';
import type { ApprovalCommand } from '../../lambdas/contract/item/messages.ts';
import { postItem } from '../../lambdas/intake/doors/api.ts';
import { logger } from '../../lambdas/kit/telemetry.ts';
import { processRecord } from '../../lambdas/process/process.ts';
import { callBack } from '../../lambdas/record/callback.ts';
import { publish, statusChanges } from '../../lambdas/record/publish.ts';
import { collectionsOf } from '../../local/cases/knowledge.ts';
import { OPERATOR, through } from '../support/api.ts';
import { fieldsIn } from '../support/desk.ts';
import { destinationsAt } from '../support/destinations.ts';
import { ENDPOINT, ENV, SETTINGS, sqsRecord, stored } from '../support/fixtures.ts';
import { type Stub, stubServer } from '../support/http.ts';
import { orderAt, orderSystemAt } from '../support/order-system.ts';
import { time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));

/* A card number in every field of an item goes through every stage, with every log line written. */
const CARD = '4111 1111 1111 1111';
/* Eight digits and more: four of them stand in a random id now and then. */
const TRACES = ['4111 1111', '41111111', '1111 1111'];

const written: string[] = [];
let server: Stub;

const streams = (['log', 'info', 'warn', 'error', 'debug', 'trace'] as const).map((name) =>
  vi.spyOn(console, name).mockImplementation((...line) => void written.push(line.map(String).join(' '))),
);
const stdout = vi
  .spyOn(process.stdout, 'write')
  .mockImplementation((chunk) => Boolean(written.push(String(chunk))));
const stderr = vi
  .spyOn(process.stderr, 'write')
  .mockImplementation((chunk) => Boolean(written.push(String(chunk))));
afterAll(() => {
  for (const spy of [...streams, stdout, stderr]) spy.mockRestore();
});

beforeEach(async () => {
  world.reset();
  time.freeze();
  written.length = 0;
  logger.setLogLevel('TRACE');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
  // Also an endpoint and a destination that quote what they were sent.
  server = await stubServer((response, { path, body }) => {
    if (path === '/ledger')
      return response.writeHead(200).end(JSON.stringify({ reference: CARD, echo: body }));
    const known = orderAt(path);
    if (known)
      return response.writeHead(known.status).end(JSON.stringify({ ...Object(known.body), echo: CARD }));
    const { response_format } = JSON.parse(body);
    const answer: Record<string, unknown> = {
      route: { label: response_format.json_schema.schema.properties.label?.enum[0] },
      reply: { answers: true, passages: [`About ${CARD}`] },
      diagnose: {
        decision: 'unclear',
        amount: CARD,
        rules: [CARD],
        brief: `The customer names the card ${CARD}.`,
      },
    }[response_format.json_schema.name as string] as never;
    const message = { role: 'assistant', content: JSON.stringify(answer) };
    return response.writeHead(200, { 'content-type': 'application/json' }).end(
      JSON.stringify({
        choices: [{ finish_reason: 'stop', message }],
        usage: { prompt_tokens: 9, completion_tokens: 9 },
      }),
    );
  });
  world.secrets = {
    ...world.secrets,
    'signalbox/endpoint': '{"apiKey":"key-secret-1"}',
    'signalbox/ledger': '{"signingKey":"key-secret-2"}',
    'signalbox/clients': '{"clients":[{"name":"shop","callbackKey":"key-secret-3"}]}',
    'signalbox/approvals': '{"key":"key-secret-4"}',
  };
});
afterEach(() => server.close());

const BODIES = {
  'refund-request': {
    orderId: 'W1',
    amount: '24.90',
    currency: 'EUR',
    text: `Refund my card ${CARD}`,
    customer: CARD,
  },
  'support-triage': {
    subject: CARD,
    text: `What exchange rate for my card ${CARD} abroad?`,
    html: `<p>${CARD}</p>`,
  },
};
const KINDS = {
  'refund-request': { automation: refund as never, implementation: refunding as never },
  'support-triage': { automation: support as never, implementation: supporting as never },
};

const env = () => ({
  ...ENV,
  DESTINATIONS: destinationsAt(`${server.url}/ledger`, { secretId: 'signalbox/ledger' }, [
    'help-desk',
    'refund-ledger',
  ]),
});

const people = [{ email: 'ann@example.com' }, { email: 'bob@example.com' }];
const settings = {
  ...SETTINGS,
  groups: Object.fromEntries(
    Object.values(KINDS).flatMap(({ automation }) => {
      const { group, escalateTo } = (automation as Automation).approval;
      return [
        [group, people],
        [escalateTo, [{ email: 'eve@example.com' }]],
      ];
    }),
  ),
};

/** From POST to a called-back outcome; returns the item's id. */
async function wholeWay(name: keyof typeof KINDS): Promise<string> {
  const { automation, implementation } = KINDS[name];
  const posted = await through((event, caller) => postItem(event, caller, automation, env()), {
    body: BODIES[name],
    caller: OPERATOR,
  });
  const id = posted.body.id as string;
  const endpoints = [{ ...ENDPOINT, baseUrl: `${server.url}/v1` }];
  await processRecord(sqsRecord({ itemId: id, generation: 1 }), {
    ...{ env: { ...env(), STAGE: 'local' }, automation, implementation, endpoints },
    ...{ open: collectionsOf(automation), sources: orderSystemAt(server.url) },
  });
  world.tokens.add('token-1');
  const declarations: readonly Automation[] = Object.values(KINDS).map((it) => it.automation);
  const declarationOf = async (name: string) => declarations.find((it) => it.name === name);
  const context = { env: env(), settings, declarationOf };
  await ask({ itemId: id, generation: 1, taskToken: 'token-1' }, context);
  const approvalId = `${id}-g1`;
  const row = () => world.tables.row<ApprovalRow>('approvals', approvalId) as ApprovalRow;
  await onChange(row(), undefined, env());
  await timekeeper(context, declarations);
  const page = `/approvals/${approvalId}`;
  const post = async (fields: Record<string, string>) => {
    const token = /\?t=([\w-]+)/.exec(world.mails[0]?.text ?? '')?.[1];
    const shown = await (await pageApp(context).request(`${page}?t=${token}`)).text();
    const body = new URLSearchParams({ ...fieldsIn(shown), ...fields });
    await pageApp(context).request(page, { method: 'POST', body });
  };
  await post({ decision: 'claim', comment: CARD });
  for (const command of ['remind', 'escalate'] as const)
    await ask({ approvalId, command, by: 'ann@example.com' } as ApprovalCommand, context);
  await post({ decision: 'approve', comment: CARD, confirm: CARD });
  if (row().undoUntil) {
    time.advance(settings.undoSeconds);
    await ask({ approvalId, command: 'carry' }, context);
  }
  await onChange(row(), undefined, env());
  await actOn(sqsRecord({ itemId: id, generation: 1 }), env(), automation);
  const image = marshall(
    { ...stored(id), status: 'done', callbackUrl: `${server.url}/ledger` },
    { removeUndefinedValues: true },
  );
  const changes = statusChanges([{ dynamodb: { NewImage: image } } as never]);
  await publish(changes, env());
  for (const change of changes) await callBack(change, { ...env(), STAGE: 'local' });
  return id;
}

const clean = (text: string, where: string) => {
  for (const trace of [...TRACES, 'key-secret'])
    expect(text.includes(trace), `${trace} in ${where}: ${text.slice(0, 2000)}`).toBe(false);
};

describe.each(Object.keys(KINDS) as (keyof typeof KINDS)[])('a card number in an item of %s', (name) => {
  it('is in no log line, run, queue, event or mail subject, and the way was gone to its end', async () => {
    const id = await wholeWay(name);

    expect(stored(id).action?.status).toBe('done');
    expect(written.length).toBeGreaterThan(5);
    clean(written.join('\n'), 'the log');
    clean(JSON.stringify([...world.executions, ...world.answers]), 'an execution');
    clean(JSON.stringify([...world.queues]), 'a queue');
    clean(JSON.stringify(world.events), 'an event');
    clean(JSON.stringify(world.mails), 'a mail');
  });

  it('is not in the row of the item either: it holds facts and references', async () => {
    const id = await wholeWay(name);

    clean(JSON.stringify(stored(id)), 'the items table');
    // The record of the desk keeps what an approver wrote, and nothing else of the kind.
    const record = world.tables.all('audit').map(({ comment: _, ...entry }) => entry);
    expect(record.length).toBeGreaterThan(5);
    clean(JSON.stringify(record), 'the record of the desk');
  });

  it('is in no error, whichever neighbour fails at whichever moment with its own words', async () => {
    await wholeWay(name);
    const calls = world.calls.length;
    for (let point = 1; point <= calls; point += 3) {
      world.reset();
      written.length = 0;
      world.secrets = {
        ...world.secrets,
        'signalbox/endpoint': '{"apiKey":"k"}',
        'signalbox/ledger': '{"signingKey":"k"}',
        'signalbox/approvals': '{"key":"k"}',
        'signalbox/clients': '{"clients":[{"name":"shop","callbackKey":"k"}]}',
      };
      let seen = 0;
      world.fault = () => {
        if (++seen === point)
          throw Object.assign(new Error(`could not store ${CARD}`), { name: 'ValidationException' });
      };
      await wholeWay(name).catch(() => {});
      clean(written.join('\n'), `the log, failing at call ${point}`);
      for (const row of world.tables.all('items'))
        clean(JSON.stringify([row.error, row.timeline]), `the item, failing at call ${point}`);
      clean(JSON.stringify(world.answers), 'an execution');
    }
  });
});
