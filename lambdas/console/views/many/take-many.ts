import { html } from 'hono/html';
import { namesFault } from '../../../approve/channels/page/fields.ts';
import type { Form } from '../../../approve/channels/page/proof.ts';
import { takeForm } from '../../../approve/channels/page/take.ts';
import { commentFault, readComment } from '../../../approve/decision/comment.ts';
import { type ApprovalRow, shortNumber } from '../../../contract/approval.ts';
import { clock } from '../../../kit/clock.ts';
import { logger } from '../../../kit/telemetry.ts';
import { isVoid } from '../../../pages/honeypot.ts';
import type { Markup } from '../../../pages/layout.ts';
import { readApproval } from '../../../tables/approvals/approvals.ts';
import type { ConsoleContext } from '../../context.ts';
import type { Screen } from '../../frame.ts';
import type { Person } from '../../sign-in/identity.ts';
import { address } from '../../site.ts';
import { counted, marked, timeMark } from '../../words.ts';
import { visitOf } from '../question.ts';
import { type ManyDecision, readMarked } from './fit.ts';
import { MOST_MARKED } from './many.ts';

/** What came of one approval of the form. */
interface Taken {
  id: string;
  summary: string;
  recorded: boolean;
  words: string;
  undoUntil?: string | undefined;
}

/** So many at a time: each is a few calls, and all have to be done while the person waits. */
const AT_ONCE = 5;

/**
 * Records each marked decision by itself, by the one way to decide, with a nonce of its own. What fails is told, and stops none of the
 * others; the same form once more changes nothing.
 */
export async function takeMany(context: ConsoleContext, person: Person, form: Form): Promise<Screen> {
  const decision = form.field('decision');
  const ids = form.names
    .filter((name) => name.startsWith(TAKE) && form.field(name) === 'yes')
    .map((name) => name.slice(TAKE.length));
  const fault = formFault(form, ids);
  if (fault !== '' || (decision !== 'approve' && decision !== 'reject'))
    return nothing(context, fault || UNCLEAR);
  const each = shareOf(form, ids);
  const taken: Taken[] = [];
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const some = ids.slice(at, at + AT_ONCE).map((id) =>
      takeOne(context, person, each(id), {
        id,
        decision,
        together: ids.length > 1 ? ids.length : undefined,
      }),
    );
    taken.push(...(await Promise.all(some)));
  }
  const recorded = taken.filter((it) => it.recorded).length;
  logger.info('decided together', { decision, marked: taken.length, recorded });
  return resultScreen(context, taken, decision);
}

const TAKE = 'take-';
const OWN = ['nonce', 'decision', 'active', 'comment', 'website'];
const OF_EACH = /^(?:take|nonce)-[\w-]{1,200}$/;
const UNCLEAR = 'Please choose: approve or reject. Nothing was recorded.';

function formFault(form: Form, ids: readonly string[]): string {
  if (isVoid(form)) return 'A field that people do not see was filled in, so the form was ignored.';
  if (ids.length === 0) return 'Nothing was marked, so nothing was recorded.';
  if (ids.length > MOST_MARKED)
    return `The form names ${MOST_MARKED} approvals at most. Nothing was recorded.`;
  const fault = namesFault(form.names, (name) => OWN.includes(name) || OF_EACH.test(name));
  return fault || commentFault(readComment(form.field('comment')));
}

/** The form of each approval. The time on the page is shared among them: nobody read each for all of it. */
function shareOf(form: Form, ids: readonly string[]): (id: string) => Form {
  const counted = Number(form.field('active') || Number.NaN);
  return (id) => {
    const nonce = form.field(`nonce-${id}`) ?? '';
    const since = (clock.now() - Number(nonce.split('.')[0])) / 1000;
    const active = (counted >= 0 ? counted : since) / ids.length;
    const fields: Record<string, string> = {
      ...{ nonce, decision: form.field('decision') ?? '', comment: form.field('comment') ?? '' },
      active: Number.isFinite(active) ? active.toFixed(1) : '',
    };
    const { cookie, browser } = form;
    return { field: (name) => fields[name], names: Object.keys(fields), cookie, browser };
  };
}

async function takeOne(
  context: ConsoleContext,
  person: Person,
  form: Form,
  { id, decision, together }: { id: string; decision: ManyDecision; together: number | undefined },
): Promise<Taken> {
  try {
    const one = await readMarked(context, person, id, decision);
    const summary = one.row?.facts.summary ?? 'An approval';
    // One that is closed is asked what became of it: the same form may come twice.
    const closed = one.row !== undefined && one.row.status !== 'pending';
    if (!one.row || ('why' in one && !closed))
      return { id, summary, recorded: false, words: 'why' in one ? one.why : '' };
    const sheet = closed
      ? undefined
      : await takeForm(context, { ...visitOf(person, one.row), ...(together ? { together } : {}) }, form);
    const row = (await readApproval(context.env.APPROVAL_TABLE, id)) ?? one.row;
    return { id, summary, ...resultOf(row, person, decision, sheet?.fault) };
  } catch (error) {
    logger.error('not decided', { approval: id, reason: error instanceof Error ? error.name : 'unknown' });
    return { id, summary: 'An approval', recorded: false, words: FAILED };
  }
}

const FAILED = 'Something went wrong, and it may not be recorded: look at it on its own page.';

function resultOf(
  row: ApprovalRow,
  { email }: Person,
  decision: ManyDecision,
  fault = '',
): Pick<Taken, 'recorded' | 'words' | 'undoUntil'> {
  const { status, decidedBy, undoUntil, votes, quorum, attentionCheck } = row;
  if (status === 'decided' && decidedBy === email && row.decision === decision) {
    if (attentionCheck) return { recorded: true, words: `This was a test. ${attentionCheck.why}` };
    const words = decision === 'approve' ? 'Approved: it is carried out once.' : 'Rejected: nothing is done.';
    return { recorded: true, words, undoUntil: row.carriedAt ? undefined : undoUntil };
  }
  if (decision === 'approve' && status === 'pending' && votes[email]?.digest === row.digest) {
    const missing = quorum - Object.keys(votes).length;
    return { recorded: true, words: `Your approval counts: it waits for ${missing} more.` };
  }
  if (status === 'decided') return { recorded: false, words: `${decidedBy} has decided it already.` };
  return { recorded: false, words: fault || (status === 'pending' ? FAILED : 'It is closed already.') };
}

function resultScreen({ site }: ConsoleContext, taken: readonly Taken[], decision: ManyDecision): Screen {
  const recorded = taken.filter((it) => it.recorded).length;
  const done = decision === 'approve' ? 'approved' : 'rejected';
  const title =
    recorded === taken.length
      ? `${counted(recorded, 'approval')} ${done}`
      : `${recorded} of ${taken.length} ${done}`;
  const row = ({ id, summary, recorded: yes, words, undoUntil }: Taken): Markup => html`<tr role="row">
<th role="rowheader" scope="row"><a class="row-link" href="${address(site, `/console/approvals/${id}`)}">${summary}</a> <span class="soft">${shortNumber(id)}</span></th>
<td role="cell" data-name="Recorded">${yes ? marked('approved', '✓', 'recorded') : marked('rejected', '✕', 'not recorded')}</td>
<td role="cell" data-name="What came of it">${words}${undoUntil ? html` <a href="${address(site, `/console/approvals/${id}`)}">Undo</a> until ${timeMark(undoUntil, `${undoUntil.slice(11, 19)} UTC`)}.` : ''}</td></tr>`;
  const body = html`<p class="back"><a href="${address(site, '/console')}">← Queue</a></p>
<h1>${title}</h1>
${recorded < taken.length ? html`<p class="fault">What is not recorded stays as it was. Each reason stands beside it.</p>` : ''}
<table class="list" role="table"><caption class="quiet">What came of each approval</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Approval</th><th role="columnheader" scope="col">Recorded</th><th role="columnheader" scope="col">What came of it</th></tr></thead>
<tbody role="rowgroup">${taken.map(row)}</tbody></table>`;
  return { status: 200, title, body, at: 'queue', wide: true };
}

function nothing({ site }: ConsoleContext, fault: string): Screen {
  const body = html`<h1>Nothing was recorded</h1><p class="fault" role="alert">${fault}</p>
<p><a href="${address(site, '/console')}">Back to the queue</a></p>`;
  return { status: 400, title: 'Nothing was recorded', body, at: 'queue' };
}
