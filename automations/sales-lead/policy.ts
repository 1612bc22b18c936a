import type { Facts } from '../../lambdas/contract/automation.ts';
import { actionsOf } from '../../lambdas/contract/item/proposal.ts';
import type { Verdict } from '../../lambdas/contract/item/status.ts';
import { answersOf } from '../../lambdas/contract/steps/lookup.ts';
import { NO_LEADS, REASONS, type Reason } from './disqualify.ts';
import { account, company, territory } from './lookups.ts';
import { factsOf, isCompetitor, standingOf, takerOf } from './records.ts';
import type { Lead } from './request.ts';
import { type Band, bandOf, scoreOf } from './score.ts';

/*
 * When code decides alone. It counts the score again, from what the directory and the CRM said: no other number, fact or owner gets past
 * it, whoever wrote the proposal.
 */

interface Judgement {
  verdict: Verdict;
  reasons: readonly string[];
}

/** What is done for a lead of each band, in this order. What nobody could take back, and nobody could ask for, comes last. */
export const DONE_FOR: Readonly<Record<Band, readonly string[]>> = {
  hot: ['save-company', 'add-task', 'tell-owner'],
  warm: ['save-company', 'add-task', 'tell-owner'],
  cold: ['save-company'],
};
const MAILS = ['answer', 'confirm'];

/** How the two that take a lead over name its owner. */
const OWNER_IS = { 'add-task': 'id', 'tell-owner': 'owner' } as const;
type Named = keyof typeof OWNER_IS;

const asks = (...reasons: string[]): Judgement => ({ verdict: 'ask', reasons });

export function judge(item: Facts<Lead>): Judgement {
  if (item.automatic)
    return { verdict: 'refuse', reasons: ['a machine wrote this message: nobody waits for an answer'] };
  const { action, reason } = item.proposal;
  if (action === 'disqualify') return judgeDisqualified(item);
  if (action !== 'save-company') return asks(reason ?? 'a person is needed');
  const objections = [...(reason === undefined ? [] : [reason]), ...objectionsTo(item)];
  if (objections.length > 0) return asks(...objections);
  const { band, score } = item.proposal.parameters;
  return { verdict: 'act', reasons: [`a ${band} lead: ${score} of 100 points`] };
}

/** Model and code agree that it is no lead, and code says which. */
function judgeDisqualified(item: Facts<Lead>): Judgement {
  const { proposal } = item;
  const { reason, proof } = proposal.parameters;
  const known = REASONS.find((one) => one === reason) as Reason | undefined;
  if (known === undefined || (proof !== 'the text' && proof !== 'the CRM'))
    return asks(proposal.reason ?? 'nothing but the model says that it is no lead');
  const byCrm = isCompetitor(answersOf(item, account)[0]);
  if (known === 'competitor' ? !byCrm : proof !== 'the text')
    return asks('only the CRM says who is a competitor, and only the text who is something else');
  const { verdict } = NO_LEADS[known];
  const told = `no lead: ${known}, by ${proof}`;
  return verdict === 'refuse' ? { verdict, reasons: [told] } : asks(`${told}; somebody waits for an answer`);
}

function objectionsTo(item: Facts<Lead>): string[] {
  const { proposal, degraded = [], label } = item;
  const { parameters: told } = proposal;
  const { fit, intent, score, band } = told;
  const [of] = answersOf(item, company);
  const [known] = answersOf(item, account);
  const facts = { ...factsOf(of), account: standingOf(known) };
  const { size, industry, region } = facts;
  const isSaid = Object.entries(facts).every(([name, value]) => told[name] === value);
  const counted = scoreOf({ size, industry, region, fit, intent });
  const is = counted === undefined ? undefined : bandOf(counted);
  const who = takerOf(known, answersOf(item, territory)[0]);
  const named = actionsOf(proposal).every(
    ({ action, parameters: { owner, due } }) =>
      !Object.hasOwn(OWNER_IS, action) ||
      (who !== undefined && owner === who[OWNER_IS[action as Named]] && due === who.due),
  );
  const names = actionsOf(proposal).map((one) => one.action);
  const expected = is === undefined ? [] : DONE_FOR[is];
  const isWhole =
    names.length === expected.length + 1 &&
    expected.every((name, at) => names[at] === name) &&
    MAILS.includes(names.at(-1) ?? '');
  return [
    !isSaid && 'what is proposed is not what the directory and the CRM say of the company',
    !named && 'what is proposed is not for whom the CRM names',
    (counted === undefined || counted !== score || is !== band) && 'the score is not what its facts come to',
    is !== undefined && !isWhole && 'it is not what is done for a lead of its score',
    label === 'Partnership' && 'people decide who is a partner',
    facts.account === 'owned' && 'the account has an owner: they answer it',
    facts.account === 'customer' && 'the company is a customer: its account manager answers it',
    size === '1000+' && 'the company has 1,000 people or more',
    industry === 'not served' && 'we do not sell to this industry',
    region === 'not served' && 'we do not sell to this country',
    fit === 'unclear' && 'the model cannot tell whether it fits',
    fit === 'poor' && 'the model does not take it for something that we do',
    intent === 'unclear' && 'the model cannot tell what they want',
    degraded.length > 0 && 'a source could not be asked about the company',
  ].filter((objection) => typeof objection === 'string');
}
