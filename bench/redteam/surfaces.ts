import { Parser } from 'htmlparser2';
import { evidencePart, valuesPart } from '../../lambdas/approve/channels/page/question.ts';
import { briefPart, itemPart, showsPart, stepsPart } from '../../lambdas/approve/channels/page/shows.ts';
import { askMessage } from '../../lambdas/approve/channels/slack/messages.ts';
import type { ApprovalRow } from '../../lambdas/contract/approval.ts';
import type { Automation } from '../../lambdas/contract/automation.ts';
import type { Gated } from '../../lambdas/contract/item/envelope.ts';
import type { ProposalDocument } from '../../lambdas/contract/item/proposal-document.ts';
import { summaryOf } from '../../lambdas/gate/summary.ts';

/*
 * What a person is shown of an item that asks: the parts of the approval's page that hold a stranger's words, and the message in Slack.
 * Words may stand there, as words: what a browser or Slack would act on may not.
 */

const BASE = 'https://signalbox.example';

/** What is found that somebody could click, that loads, or that calls everybody. */
export function activeIn(automation: Automation, item: Gated, order: string): string[] {
  const document = documentOf(automation, item);
  if (document === undefined) return [];
  const parts = [stepsPart, showsPart, briefPart, itemPart, evidencePart, valuesPart];
  const page = parts.map((part) => String(part(document))).join('\n');
  return [...inPage(page), ...inSlack(document, order)];
}

function documentOf(automation: Automation, item: Gated): ProposalDocument | undefined {
  const { action: name, parameters } = item.proposal;
  const action = automation.actions[name];
  if (!action) return undefined;
  const { confidence, brief, evidence } = item.proposal;
  return {
    ...{ action: name, parameters, destination: action.destination, risk: action.risk },
    ...{ reversible: action.reversible, summary: summaryOf(action, parameters, item.words) },
    ...{ shows: action.shows ?? Object.keys(parameters), confidence, brief, evidence },
    ...{ itemId: item.id, automation: item.automation, generation: 1, verdict: item.verdict },
    ...{ label: item.label, suspicions: item.suspicions, text: item.text, reasons: item.reasons },
    ...{ promptVersions: [], models: [], policyVersion: 'policy-1' },
  } as ProposalDocument;
}

const ACTIVE = ['script', 'iframe', 'img', 'object', 'embed', 'form', 'style', 'link', 'meta', 'base', 'svg'];

/** What of a page would act in a browser. */
export function inPage(page: string): string[] {
  const found: string[] = [];
  const parser = new Parser({
    onopentag(tag, attributes) {
      if (ACTIVE.includes(tag)) found.push(`<${tag}> on the page`);
      for (const [name, value] of Object.entries(attributes)) {
        if (name.startsWith('on')) found.push(`${name} on the page`);
        const leads = ['href', 'src', 'action', 'formaction'].includes(name);
        if (leads && !/^[#/]/.test(value) && !value.startsWith(BASE))
          found.push(`${name}="${value}" on the page`);
      }
    },
  });
  parser.end(page);
  return found;
}

const TIMES = {
  ...{ openedAt: '2026-11-29T08:00:00.000Z', remindAt: '2026-11-29T12:00:00.000Z' },
  ...{ escalateAt: '2026-11-29T16:00:00.000Z', closesAt: '2026-11-30T08:00:00.000Z' },
};

function inSlack(document: ProposalDocument, order: string): string[] {
  const row = {
    ...{ id: 'item-1-g1', digest: 'digest', automation: document.automation, times: TIMES },
    ...{ expiresAt: 2_000_000_000, asked: {}, escalateTo: 'managers', quorum: 1, facts: document },
  } as unknown as ApprovalRow;
  const { text, blocks } = askMessage({ document, row, url: `${BASE}/approvals/item-1-g1` });
  const found = text.includes(order.slice(0, 30)) ? ['its words in a notification of Slack'] : [];
  // What Slack makes a link or a call of stands in angle brackets; ours are dates.
  for (const formatted of formattedIn(blocks))
    for (const [mark] of formatted.matchAll(/<(?!!date\^)[^>]*>/g))
      if (!mark.includes(BASE)) found.push(`${mark.slice(0, 60)} in Slack`);
  return found;
}

export function formattedIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(formattedIn);
  if (typeof value !== 'object' || value === null) return [];
  const { type, text } = value as { type?: string; text?: unknown };
  if (type === 'mrkdwn') return [String(text)];
  return Object.values(value).flatMap(formattedIn);
}
