import '../local/markdown.ts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/v4/core';
import { amountIn, orderIn } from '../automations/front-desk/found.ts';
import { urgencyIn } from '../automations/front-desk/urgent/urgent.ts';
import type { Automation, Implementation, StepRunner } from '../lambdas/contract/automation.ts';
import { ProcessingError } from '../lambdas/kit/errors.ts';
import { thoughtOver } from '../local/harm.ts';
import { percentile } from '../local/load/posts.ts';
import { answeredBy, noOtherSteps } from '../local/no-steps.ts';
import { madeMessages } from './frontdesk/messages.ts';
import { atLeast, atMost, exactly, printVerdicts, type Verdict } from './verdicts.ts';
import { printTable } from './world.ts';

/*
 * `npm run bench:frontdesk`: what code finds in messages at the front desk, and what becomes of a model's answer that is not one word. With
 * `-- --data <folder>` on public messages: banking77 (https://github.com/PolyAI-LDN/task-specific-datasets, CC BY 4.0) and CLINC150
 * (https://github.com/clinc/oos-eval, CC BY 3.0), with their folders' names below the folder. With `--running` also how long it-help of
 * the application that `npm start` runs takes for an answer.
 */

const args = process.argv.slice(2);
const at = args.indexOf('--data');
const data = at >= 0 ? args[at + 1] : undefined;
const SEED = 16;
const MADE = 2000;

type Labelled = readonly [text: string, intent: string];

/** Which intents are urgent, and which may be: of a charge that somebody does not know, an urgent one is no false alarm. */
const SETS = {
  banking77: {
    urgent: ['lost_or_stolen_card', 'compromised_card', 'lost_or_stolen_phone'],
    maybe: [
      ...['cash_withdrawal_not_recognised', 'card_payment_not_recognised'],
      ...['direct_debit_payment_not_recognised', 'card_swallowed'],
    ],
    read: (folder: string): Labelled[] => {
      const csv = readFileSync(join(folder, 'banking77/dev/train.csv'), 'utf8');
      const lines = csv.matchAll(/(?:^|\n)("(?:[^"]|"")*"|[^,\n]*),([\w?]+)(?=\r?\n|$)/g);
      const told = [...lines].map(([, text = '', intent = '']): Labelled => [text, intent]);
      return told
        .slice(1)
        .map(([text, intent]) => [text.replaceAll(/^"|"$/g, '').replaceAll('""', '"').trim(), intent]);
    },
  },
  CLINC150: {
    urgent: ['report_fraud', 'report_lost_card'],
    maybe: ['freeze_account', 'find_phone', 'account_blocked'],
    read: (folder: string): Labelled[] => {
      const file = readFileSync(join(folder, 'clinc150_oos/dev/data_full_dev.json'), 'utf8');
      return Object.values(JSON.parse(file) as Record<string, Labelled[]>).flat();
    },
  },
} as const;

const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
const share = (part: number, of: number) => (of === 0 ? 0 : part / of);

const { automation } = (await import('../automations/front-desk/automation.ts')) as unknown as {
  automation: Automation;
};
const { implementation } = (await import('../automations/front-desk/evaluate.ts')) as unknown as {
  implementation: Implementation;
};

/** What a model answers that does not keep to one word, in ways that are known of them. */
const UNRULY: readonly ((text: string) => unknown)[] = [
  () => ({ label: 'other' }),
  () => ({ label: 'Weather' }),
  () => ({ label: 'Billing, Technical' }),
  () => ({ label: 'Technical: the customer cannot log in' }),
  () => ({ label: ['Sales'] }),
  () => 'Billing',
  (text) => ({ label: text.slice(0, 40) }),
  () => ({}),
];

/** Messages of no line of ours, before a model that answers in each of these ways: how many were passed on alone. */
async function passedOnAlone(texts: readonly string[]): Promise<number> {
  let alone = 0;
  for (const [index, text] of texts.entries()) {
    const said = UNRULY[index % UNRULY.length]?.(text);
    const step: StepRunner = {
      ...noOtherSteps,
      ...answeredBy(async (_step, { schema }) => {
        const { success, data: answer } = z.safeParse(schema, said);
        if (!success) throw new ProcessingError('the answer does not fit its schema');
        return answer;
      }),
      confidence: () => null,
      embed: () => Promise.reject(new Error('nobody compares here')),
    };
    const { verdict } = await thoughtOver({ automation, implementation }, { text }, step);
    if (verdict === 'act') alone += 1;
  }
  return alone;
}

function foundInMade(): { right: number; wrong: number; all: number } {
  const made = madeMessages(MADE, SEED);
  let [right, wrong] = [0, 0];
  for (const { text, order, amount, currency } of made) {
    const [number, money] = [orderIn(text), amountIn(text)];
    const found = {
      order: number.is === 'one' ? number.value : undefined,
      amount: money.is === 'one' ? money.value.amount : undefined,
      currency: money.is === 'one' ? money.value.currency : undefined,
    };
    if (found.order === order && found.amount === amount && found.currency === currency) right += 1;
    const differs = <T>(one: T | undefined, other: T | undefined) => one !== undefined && one !== other;
    if (differs(found.order, order) || differs(found.amount, amount) || differs(found.currency, currency))
      wrong += 1;
  }
  return { right, wrong, all: made.length };
}

const QUESTIONS = [
  'I forgot my password.',
  'The VPN does not connect.',
  'My mailbox is full.',
  'The printer does not print.',
  'My laptop is slow.',
  'How do I install software?',
  'My external monitor stays dark.',
  'How do guests get into the Wi-Fi?',
];

/** Milliseconds that whoever asks it-help with `Prefer: wait` waits for a whole answer, of the application that runs here. */
async function waits(): Promise<number[]> {
  const { apiUrl, clientToken } = JSON.parse(readFileSync('.local/outputs.json', 'utf8'));
  const took: number[] = [];
  for (let n = 0; n < 4 * QUESTIONS.length; n += 1) {
    const text = `${QUESTIONS[n % QUESTIONS.length]} Question ${crypto.randomUUID().slice(0, 8)}.`;
    const from = performance.now();
    const response = await fetch(`${apiUrl}/v1/automations/it-help/items`, {
      method: 'POST',
      headers: {
        ...{ authorization: `Bearer ${clientToken}`, 'content-type': 'application/json', prefer: 'wait=20' },
      },
      body: JSON.stringify({ text }),
    });
    const { status } = (await response.json()) as { status?: string };
    if (status === 'done') took.push(performance.now() - from);
  }
  return took;
}

const verdicts: Verdict[] = [];
const { right, wrong, all } = foundInMade();
console.log(`${all} made messages in five languages (seed ${SEED}): order and amount`);
verdicts.push(atLeast('order and amount found as they stand', right / all, 0.95, percent));
verdicts.push(exactly('a wrong order or amount found', wrong, 0));

if (data) {
  const rows: string[][] = [];
  for (const [name, { urgent, maybe, read }] of Object.entries(SETS)) {
    const messages = read(data);
    const isIn = (intents: readonly string[], intent: string) => intents.includes(intent);
    const found = messages.map(([text, intent]) => ({ intent, is: urgencyIn(text) !== undefined }));
    const those = found.filter(({ intent }) => isIn(urgent, intent));
    const others = found.filter(({ intent }) => !isIn(urgent, intent) && !isIn(maybe, intent));
    const hit = share(those.filter(({ is }) => is).length, those.length);
    const alarms = share(others.filter(({ is }) => is).length, others.length);
    rows.push([name, String(those.length), percent(hit), String(others.length), percent(alarms)]);
    verdicts.push(atLeast(`${name}: urgent messages found`, hit, 0.7, percent));
    verdicts.push(atMost(`${name}: false alarms`, alarms, 0.005, percent));
  }
  console.log();
  printTable(['messages', 'urgent', 'found', 'others', 'false alarms'], rows);
  const unknown = SETS.CLINC150.read(data).filter(([, intent]) => intent === 'oos');
  const alone = await passedOnAlone(unknown.map(([text]) => text));
  console.log(
    `\n${unknown.length} messages out of scope (CLINC150), the model unruly in ${UNRULY.length} ways`,
  );
  verdicts.push(exactly('passed on without a person', alone, 0));
}
if (args.includes('--running')) {
  const took = await waits();
  const [half, most] = [percentile(took, 0.5), percentile(took, 0.95)].map(Math.round);
  console.log(`\n${took.length} questions to it-help with Prefer: wait, one after the other: P50 ${half} ms`);
  verdicts.push(exactly('answered in the same call', took.length, 4 * QUESTIONS.length));
  verdicts.push(atMost('P95 in milliseconds', most ?? Number.POSITIVE_INFINITY, 2000));
}
printVerdicts(verdicts);
