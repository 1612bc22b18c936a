import type { AuditVerdict } from '../../contract/audits/sample.ts';
import type { Automation } from '../../contract/automation.ts';

/** One thing that an auditor may say is right. */
export interface Choice {
  /** As the form sends it. */
  value: string;
  words: string;
  verdict: AuditVerdict;
  /** Where an automation knows several. */
  action?: string;
}

const ACT = 'act';

/** The same for every item of an automation, so that the form tells nothing of what was done. */
export function choicesOf({ actions }: Pick<Automation, 'actions'>): Choice[] {
  const names = Object.keys(actions);
  const acting: Choice[] =
    names.length === 1
      ? [{ value: ACT, words: 'It is right to act on it without a person', verdict: 'act' }]
      : names.map((action) => ({
          ...{ value: `${ACT}:${action}`, verdict: 'act' as const, action },
          words: `It is right to act on it without a person: ${action}`,
        }));
  return [
    ...acting,
    { value: 'refuse', words: 'It is right to refuse it', verdict: 'refuse' },
    { value: 'unsure', words: 'I cannot tell', verdict: 'unsure' },
  ];
}

export function isSeveral({ actions }: Pick<Automation, 'actions'>): boolean {
  return Object.keys(actions).length > 1;
}

/** What was said, in the form's words. */
export function wordsOf(
  automation: Pick<Automation, 'actions'>,
  said: { verdict: AuditVerdict; action?: string | undefined },
): string {
  const choices = choicesOf(automation).filter(({ verdict }) => verdict === said.verdict);
  return (choices.find(({ action }) => action === said.action) ?? choices[0])?.words ?? said.verdict;
}
