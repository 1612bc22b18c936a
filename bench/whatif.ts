import './quiet.ts';
import '../local/markdown.ts';
import { readJudged } from '../cli/judged.ts';
import { policiesOf } from '../cli/what-if/candidate.ts';
import type { Automation, Implementation } from '../lambdas/contract/automation.ts';
import type { Case } from '../lambdas/contract/item/cases.ts';
import type { Gated } from '../lambdas/contract/item/envelope.ts';
import { compare, type JudgedItem } from '../lambdas/gate/policy/what-if.ts';
import { MOST_REPLY_BYTES } from '../lambdas/kit/http.ts';
import { atMost, exactly, printVerdicts } from './verdicts.ts';

/*
 * What another threshold would have done with 10,000 items: how long it takes, beside reading one page after the other and beside asking the
 * models again, and whether it is what the gate does once it is deployed with that threshold. The items are the cases of `refund-request`,
 * thought about by the sandbox model, over and over. What the API takes for a page is assumed.
 */

const ITEMS = 10_000;
/** S3 and DynamoDB for a hundred items that are read at once; the function looks at the clock after each hundred. */
const MS_FOR_A_HUNDRED = 250;
const MOST_PAGE_MS = 2000;
const MODEL_SECONDS = 3;
const MINUTE_MS = 60_000;
const AMOUNT = '150';

// What thinks imports Markdown: only now it can.
const [{ automation }, { implementation }, { readCases }, { collectionsOf }, { openModel }, { runSuite }] =
  await Promise.all([
    import('../automations/refund-request/automation.ts'),
    import('../automations/refund-request/evaluate.ts'),
    import('../local/cases/lines.ts'),
    import('../local/cases/knowledge.ts'),
    import('../local/cases/model.ts'),
    import('../local/cases/run.ts'),
  ]);

/** What each case comes to, in a house with this declaration. */
async function judged(declared: Automation): Promise<Map<string, Gated>> {
  const came = new Map<string, Gated>();
  const capture = (gated: Gated, { name }: Case) => {
    came.set(name, gated);
    return undefined;
  };
  const model = await openModel(() => {}, { sandbox: true });
  try {
    const suite = {
      ...{
        automation: declared,
        implementation: implementation as Implementation,
        cases: readCases(declared),
      },
      ...{ open: collectionsOf(declared), prompts: {}, taught: true, policy: { checks: { capture } } },
    };
    const means = { repeat: 1, leftUsd: Number.POSITIVE_INFINITY, deadline: Date.now() + 10 * MINUTE_MS };
    await runSuite(suite, means, model, () => {});
    return came;
  } finally {
    await model.close();
  }
}

const { thresholds = {} } = automation as Automation;
const { amount } = thresholds;
if (!amount) throw new Error('refund-request has no threshold of this name');
const deployed = {
  ...automation,
  thresholds: { ...thresholds, amount: { ...amount, value: Number(AMOUNT) } },
};
const [before, after] = [await judged(automation as Automation), await judged(deployed as Automation)];

const kinds = [...before.values()];
const now = Date.now();
const all = Array.from({ length: ITEMS }, (_, at): JudgedItem & { receivedAt: string } => {
  const { label, verdict, grounds } = kinds[at % kinds.length] as Gated;
  return {
    ...{ id: `item-${at}`, receivedAt: new Date(now - (ITEMS - at) * MINUTE_MS).toISOString() },
    ...{ label, verdict, grounds },
  };
});
const texts = all.map((it) => JSON.stringify(it));

/** Answers as `GET /v1/automations/{name}/judged` does, in the time that is assumed. */
function api() {
  let calls = 0;
  const get = async (_path: string, { from = '', to, cursor }: Record<string, string | undefined> = {}) => {
    calls += 1;
    const end = to === undefined ? ITEMS : all.findIndex((it) => it.receivedAt >= to);
    let next = cursor === undefined ? all.findIndex((it) => it.receivedAt >= from) : Number(cursor);
    const begin = next;
    let bytes = 0;
    let ms = 0;
    for (; next < (end < 0 ? ITEMS : end); next += 1) {
      bytes += texts[next]?.length ?? 0;
      if (bytes > MOST_REPLY_BYTES || ms > MOST_PAGE_MS) break;
      if ((next - begin) % 100 === 0) ms += MS_FOR_A_HUNDRED;
    }
    await new Promise((resolve) => setTimeout(resolve, ms));
    const items = JSON.parse(`[${texts.slice(begin, next).join(',')}]`);
    const json = { items, skipped: 0, ...(next < (end < 0 ? ITEMS : end) ? { cursor: String(next) } : {}) };
    return { data: json, json } as never;
  };
  return { get: get as never, calls: () => calls };
}

async function timed<T>(what: () => Promise<T>): Promise<[T, number]> {
  const begun = performance.now();
  const found = await what();
  return [found, (performance.now() - begun) / 1000];
}

const terminal = { err: () => {}, now: () => now };
const policies = await policiesOf('refund-request', { gate: undefined, threshold: `amount=${AMOUNT}` });
const server = api();
const [compared, seconds] = await timed(async () => {
  const { items } = await readJudged(server, 'refund-request', undefined, terminal);
  return compare(items, policies);
});
const naive = api();
const [, oneByOne] = await timed(async () => {
  for (let cursor: string | undefined; ; ) {
    const { json } = await (
      naive.get as (path: string, query: object) => Promise<{ json: { cursor?: string } }>
    )('', { cursor });
    cursor = json.cursor;
    if (cursor === undefined) return;
  }
});

const names = [...before.keys()];
const told = compare(
  names.map((id) => {
    const { label, verdict, grounds } = before.get(id) as Gated;
    return { id, label, verdict, grounds };
  }),
  policies,
);
const otherwise = new Set(told.changed.map(({ id, to }) => `${id} ${to}`));
const really = names.flatMap((id) => {
  const [was, is] = [before.get(id)?.verdict, after.get(id)?.verdict];
  return was === is ? [] : [`${id} ${is}`];
});
const wrong = really.filter((it) => !otherwise.has(it)).length + (otherwise.size - really.length);

console.log(
  `\n${ITEMS} items, ${(texts.join('').length / 1e6).toFixed(1)} MB; a hundred take the API ${MS_FOR_A_HUNDRED} ms (assumed)`,
);
console.log(
  `what-if, amount=${AMOUNT}: ${seconds.toFixed(1)} s, ${server.calls()} calls, ${compared.changed.length} items changed`,
);
console.log(`the same, a page after the other: ${oneByOne.toFixed(1)} s, ${naive.calls()} calls`);
console.log(
  `the same by asking models again: ${((ITEMS * MODEL_SECONDS) / 3600).toFixed(1)} h of their time (assumed: ${MODEL_SECONDS} s an item)`,
);
console.log(`of ${names.length} cases, ${really.length} come to something else once it is deployed`);
printVerdicts([
  atMost('what-if over 10,000 items takes', seconds, 10, (value) => `${value.toFixed(1)} s`),
  exactly('cases of which it says otherwise than the deployed gate does', wrong, 0),
]);
