import { html } from 'hono/html';
import { summaryOf } from '../../approve/channels/page/shows.ts';
import type { AuditVerdict } from '../../contract/audits/sample.ts';
import type { Automation } from '../../contract/automation.ts';
import type { Markup } from '../../pages/layout.ts';

/** One thing that an auditor may say is right. */
export interface Choice {
  /** As the form sends it. */
  value: string;
  words: string;
  verdict: AuditVerdict;
  /** Where an automation knows several. */
  action?: string;
}

type Declared = Pick<Automation, 'actions' | 'audit'>;

const ACT = 'act';
const ACT_WORDS = 'It is right to act on it without a person';

/** The same for every item of an automation, so that the form tells nothing of what was done. */
export function choicesOf(automation: Declared): Choice[] {
  return [
    ...(isSeveral(automation)
      ? actingIn(automation).map((action) => ({
          ...{ value: `${ACT}:${action}`, words: `${ACT_WORDS}: ${action}`, verdict: 'act' as const, action },
        }))
      : [{ value: ACT, words: ACT_WORDS, verdict: 'act' as const }]),
    { value: 'refuse', words: 'It is right to refuse it', verdict: 'refuse' },
    { value: 'ask', words: 'A person should have been asked', verdict: 'ask' },
    { value: 'unsure', words: 'I cannot tell', verdict: 'unsure' },
  ];
}

/** Actions that may be right without a person. */
function actingIn({ actions, audit }: Declared): readonly string[] {
  return audit?.actions ?? Object.keys(actions);
}

export function isSeveral({ actions }: Pick<Automation, 'actions'>): boolean {
  return Object.keys(actions).length > 1;
}

/** What each action does, as it is declared: whoever audits need not know its name. */
export function actionsPart(automation: Declared): Markup {
  const names = actingIn(automation);
  return html`<p class="soft">What it can do${names.length > 1 ? '. Where several are right, choose the one that comes first' : ''}:</p>
<ul class="soft">${names.map((name) => actionPart(automation, name))}</ul>`;
}

function actionPart({ actions }: Declared, name: string): Markup | string {
  const action = actions[name];
  if (!action) return '';
  const { parameters = {}, risk, reversible, destination } = action;
  const undone = reversible ? 'can be undone' : 'cannot be undone';
  return html`<li><b>${name}</b>: ${summaryOf(action, {}, Object.keys(parameters))}, at ${destination}; ${risk}, ${undone}</li>`;
}

/** What was said, in the form's words. */
export function wordsOf(
  automation: Declared,
  { verdict, action }: { verdict: AuditVerdict; action?: string | undefined },
): string {
  // An action that was said before may be none of today's.
  if (verdict === 'act' && action !== undefined) return `${ACT_WORDS}: ${action}`;
  return choicesOf(automation).find((choice) => choice.verdict === verdict)?.words ?? verdict;
}
