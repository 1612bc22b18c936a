import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { Automation, Implementation } from '../../lambdas/contract/automation.ts';
import type { Gated } from '../../lambdas/contract/item/envelope.ts';
import { actionsOf } from '../../lambdas/contract/item/proposal.ts';
import { alone } from '../../lambdas/process/alone.ts';
import { duplicateOf } from '../../lambdas/process/duplicates.ts';
import { CONTROL_TABLE, IDEMPOTENCY_TABLE } from '../../local/cases/account.ts';
import { type Model, openModel } from '../../local/cases/model.ts';
import { thought } from '../../local/cases/think.ts';
import type { StepAnswer } from '../../local/sandbox/knowledge.ts';
import { startScripted } from './model.ts';
import type { Sent } from './paper.ts';

/*
 * Accounts payable without a deployment: files through the stages of reading and thinking as items go, with the limits of its actions and
 * what came before. The limit of a day is left out: three hundred invoices are the work of weeks.
 */

const FOLDER = 'automations/invoice';
const ENV = { CONTROL_TABLE, IDEMPOTENCY_TABLE, ITEM_TABLE: 'items', GATE_KEYS: 'gate' };
const MOST_USD = 1000;

export interface Came {
  verdict: Gated['verdict'] | 'quarantine';
  label: string;
  reasons: readonly string[];
  actions: readonly { action: string; parameters: Readonly<Record<string, unknown>> }[];
  /** What code compared for the person. */
  evidence: readonly { source: string; quote: string }[];
  calls: number;
  costUsd: number;
  /** As the gate left it. Absent where it was quarantined. */
  item?: Gated;
}

export interface Desk {
  automation: Automation;
  /** @param files below one item; @param text of the message that they come with, if there is one */
  take(id: string, files: readonly Sent[], text?: string): Promise<Came>;
  close(): Promise<void>;
}

/**
 * @param sources what the company's own systems answer; @param steps what the model does
 * @param hints whether what approvers' edits taught counts
 */
export async function openDesk(
  sources: NonNullable<Model['knowledge'][number]['sources']>,
  steps: Readonly<Record<string, StepAnswer>>,
  hints = false,
): Promise<Desk> {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-payables-'));
  const scripted = await startScripted(steps);
  const opened = await openModel(() => {}, { sandbox: true });
  const model: Model = {
    ...opened,
    endpoints: opened.endpoints.map((endpoint) => ({ ...endpoint, baseUrl: scripted.url })),
    knowledge: [{ steps: {}, prompts: [], sources }],
  };
  const { automation: declared } = await import(`../../${FOLDER}/automation.ts`);
  const { implementation } = await import(`../../${FOLDER}/evaluate.ts`);
  const automation = weeksInOne(declared as Automation);
  const subject = { automation, implementation: implementation as Implementation };
  return {
    automation,
    async take(id, files, text) {
      const documents = files.map(({ name, bytes }) => {
        const path = join(folder, name);
        writeFileSync(path, bytes);
        return relative(FOLDER, path);
      });
      const body = text === undefined ? { reference: id } : { text };
      const came = await thought(
        subject,
        {
          case: { name: id, body, documents, label: '', verdict: 'ask' },
          ...{ id: `invoice_${id}`, prompts: {}, mostUsd: MOST_USD, again: false, hints },
          before: {
            alone: (gated) => alone(ENV, gated, automation),
            duplicateOf: (prepared) => duplicateOf(prepared, { client: 'bench' }, automation, ENV),
          },
        },
        model,
      );
      return cameOf(came);
    },
    async close() {
      rmSync(folder, { recursive: true, force: true });
      await Promise.all([scripted.close(), opened.close()]);
    },
  };
}

function weeksInOne(automation: Automation): Automation {
  const actions = Object.entries(automation.actions).map(([name, action]) => {
    const { perDay: _, ...limits } = action.limits ?? {};
    return [name, { ...action, ...(action.limits ? { limits } : {}) }] as const;
  });
  return { ...automation, actions: Object.fromEntries(actions) };
}

function cameOf({ item, quarantined, lineage }: Awaited<ReturnType<typeof thought>>): Came {
  const spent = {
    calls: lineage.filter(({ source }) => source === undefined).length,
    costUsd: lineage.reduce((sum, entry) => sum + entry.costUsd, 0),
  };
  if (!item) {
    const reasons = [quarantined ?? 'nobody knows'];
    return { verdict: 'quarantine', label: 'none', reasons, actions: [], evidence: [], ...spent };
  }
  const { verdict, label, reasons, proposal } = item;
  return {
    verdict,
    label,
    reasons,
    actions: actionsOf(proposal),
    evidence: proposal.evidence,
    item,
    ...spent,
  };
}
