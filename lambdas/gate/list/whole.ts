import type { DocumentAction, ProposalDocument } from '../../contract/item/proposal-document.ts';
import { RISKS } from '../../contract/item/status.ts';
import { listSummary } from '../summary.ts';

type Whole = Pick<ProposalDocument, 'first' | 'further'> & DocumentAction;

/**
 * Several actions as one document holds them: the fields of the first, and of the list as a whole the highest risk, whether all can be
 * undone, and what is done in words. One action is what it is.
 */
export function listWhole(listed: readonly DocumentAction[]): Whole {
  const [own, ...further] = listed;
  if (!own) throw new Error('a document without an action');
  if (further.length === 0) return own;
  const { risk, reversible, summary } = own;
  const grave = Math.max(...listed.map((one) => RISKS.indexOf(one.risk)));
  return {
    ...own,
    risk: RISKS[grave] ?? 'catastrophic',
    reversible: listed.every((one) => one.reversible),
    summary: listSummary(listed.map((one) => one.summary)),
    first: { risk, reversible, summary },
    further,
  };
}
