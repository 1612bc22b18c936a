import { type Edit, type Presence, roundOf } from '../../../contract/approval.ts';
import { groupsOf } from '../../../contract/approval-settings.ts';
import type { ApprovalCommand } from '../../../contract/item/messages.ts';
import type { ProposalDocument } from '../../../contract/item/proposal-document.ts';
import { sealKey } from '../../../gate/seal.ts';
import { clock } from '../../../kit/clock.ts';
import { send } from '../../../kit/queue/send.ts';
import { readKey } from '../../../kit/signed/keys.ts';
import { count, logger } from '../../../kit/telemetry.ts';
import { activeSeconds } from '../../../pages/active.ts';
import { isVoid } from '../../../pages/honeypot.ts';
import type { Sheet } from '../../../pages/layout.ts';
import { makeNonce } from '../../../pages/links.ts';
import type { Edited } from '../../decision/apply-edits.ts';
import { claim, release } from '../../decision/claim.ts';
import { commentFault, readComment } from '../../decision/comment.ts';
import { type Answer, claimedByOther, decide, isOpen } from '../../decision/decide.ts';
import { forRecord, readEdits } from '../../decision/edits.ts';
import { markPass, unmarkPass } from '../../decision/pass.ts';
import { closedFor, thanksFor, votedFor } from './after/after.ts';
import { closedSheet, tamperedSheet } from './closed.ts';
import { CONFIRM_MS, confirmed, confirmSheet, needsConfirming } from './confirm.ts';
import { faultIn, NO_EDITS, NOT_ON_IT, REFUSALS, VOID_FORM } from './faults.ts';
import { fieldsFault } from './fields.ts';
import { type Form, type NonceField, staleOf, timeOf } from './proof.ts';
import { again, showQuestion } from './show.ts';
import { takeBack } from './take-back.ts';
import { type PageContext, readShown, type Visit } from './visit.ts';

/** The word used everywhere else; the fields say whether there are edits. */
const SYNONYMS: Readonly<Record<string, string>> = { 'approve with edits': 'approve' };

/** The gate, and what it needs: few who decide edit. */
const applying = () => import('../../decision/apply-edits.ts');

/** Takes a form of the approval page: a decision, or another button (claim, hand over …). */
export async function takeForm(context: PageContext, visit: Visit, form: Form): Promise<Sheet> {
  if (isVoid(form)) return showQuestion(context, visit, VOID_FORM);
  const said = SYNONYMS[form.field('decision') ?? ''] ?? form.field('decision') ?? '';
  if (said === 'undo') return takeBack(context, visit, form);
  if (!isOpen(visit.row)) return closedFor(context, visit);
  const document = await readShown(context, visit.row);
  if (!document) return tamperedSheet();
  const taken = new TakenForm(context, visit, form, document);
  switch (said) {
    case 'approve':
    case 'reject':
    case 'again':
      return taken.answer(said);
    case 'claim':
    case 'release':
      return taken.claim(said);
    case 'escalate':
    case 'hand-over':
      return taken.passOn(said);
    default:
      return taken.unclear();
  }
}

class TakenForm {
  readonly #context: PageContext;
  readonly #visit: Visit;
  readonly #form: Form;
  readonly #document: ProposalDocument;
  #openedAt: number | undefined;

  constructor(context: PageContext, visit: Visit, form: Form, document: ProposalDocument) {
    this.#context = context;
    this.#visit = visit;
    this.#form = form;
    this.#document = document;
  }

  fault(fault: string): Promise<Sheet> {
    const { field } = this.#form;
    return again(this.#context, this.#visit, this.#document, {
      fault,
      typed: field,
      openedAt: this.#openedAt,
    });
  }

  /** Over another document only the comment is kept: the edits were meant for the document on the page. */
  #typed(same: boolean): Form['field'] {
    return (name) => (same || name === 'comment' ? this.#form.field(name) : undefined);
  }

  async #old(): Promise<Sheet> {
    const fault = await staleOf(this.#context, this.#visit, this.#form);
    return again(this.#context, this.#visit, this.#document, { fault, typed: this.#typed(false) });
  }

  async unclear(): Promise<Sheet> {
    await this.#bound(this.#visit.row.digest);
    return this.fault('Please choose: approve or reject.');
  }

  async answer(decision: Answer['decision']): Promise<Sheet> {
    const { row } = this.#visit;
    const { env, declarationOf } = this.#context;
    if (!(await this.#bound(row.digest, this.#confirms() ? 'seen' : 'nonce'))) return this.#old();
    const wrong = commentFault(this.#comment()) || fieldsFault(this.#document, this.#form.names);
    if (wrong) return this.fault(wrong);
    const { edits, faults } =
      decision === 'approve' ? readEdits(this.#document, this.#form.field) : { edits: [], faults: [] };
    if (faults[0]) return this.fault(faults[0]);
    // An attention check has nothing to carry out: that the approver changed it is all there is to know.
    if (row.attentionCheck && edits.length > 0) return this.#caught(decision, edits);
    const automation = edits.length > 0 ? await declarationOf(row.automation) : undefined;
    if (edits.length > 0 && !automation) return this.fault(NO_EDITS);
    const edited =
      edits.length > 0 && automation
        ? await (await applying()).applyEdits(
            env.CONTENT_BUCKET,
            this.#document,
            edits,
            automation,
            row.edits,
          )
        : undefined;
    if (edits.length > 0 && !edited) return tamperedSheet();
    const reviewed = edited ? await this.#bound(edited.digest, 'reviewed') : false;
    const fault = faultIn(decision, edited?.document ?? this.#document, this.#form.field);
    if (fault) return this.fault(fault);
    if (edited?.refused) return this.fault(`The policy refuses this: ${edited.objections.join('; ')}.`);
    if (edited && edited.objections.length > 0 && !reviewed) {
      return again(this.#context, this.#visit, edited.document, {
        fault: '',
        typed: this.#form.field,
        openedAt: this.#openedAt,
        review: { edits, objections: edited.objections, digest: edited.digest },
      });
    }
    const { proposalKey = '', digest = '' } = edited ?? {};
    const answer = { decision, shown: row.digest, round: roundOf(row), comment: this.#comment() };
    const kept = { proposalKey, digest, edits: edited?.recorded ?? [] };
    return this.#settle(edited ? { ...answer, edited: kept } : answer, edited);
  }

  #caught(decision: Answer['decision'], edits: Edit[]): Promise<Sheet> {
    const { proposalKey, digest } = this.#visit.row;
    const fault = faultIn(decision, this.#document, this.#form.field);
    if (fault) return this.fault(fault);
    const edited = { proposalKey, digest, edits: forRecord(this.#document, edits) };
    const round = roundOf(this.#visit.row);
    return this.#settle({ decision, shown: digest, round, comment: this.#comment(), edited });
  }

  /** Records a valid answer, or shows the second form first, if one is needed. */
  async #settle(answer: Answer, edited?: Edited): Promise<Sheet> {
    const { env } = this.#context;
    const document = edited?.document ?? this.#document;
    const second = needsConfirming(this.#visit.channel, document);
    // A first form is none that confirms: keys are not asked for again to find that out.
    const confirms = this.#form.names.includes('seen');
    if (second && !(confirms && (await this.#bound(confirmed(answer), 'nonce', CONFIRM_MS)))) {
      return this.#confirm(answer, document);
    }
    if (edited) await (await applying()).keepEdited(env.CONTENT_BUCKET, edited);
    return this.#decide(answer, document.summary);
  }

  /** Only the second form says which page it comes from. */
  #confirms(): boolean {
    return needsConfirming(this.#visit.channel, this.#document) && this.#form.names.includes('seen');
  }

  async #confirm(answer: Answer, document: ProposalDocument): Promise<Sheet> {
    const { email, row, subject, browser, token } = this.#visit;
    const { field } = this.#form;
    const key = await readKey(this.#context.env.FORM_KEYS);
    const late = this.#confirms();
    const about = { approvalId: row.id, digest: confirmed(answer), round: roundOf(row) };
    const names = ['comment'];
    if (answer.decision === 'approve') {
      names.push('confirm', 'reviewed', ...Object.keys(this.#document.question?.edits ?? {}));
    }
    const fields = {
      ...{ t: token, nonce: makeNonce(key, { subject, browser, ...about }) },
      ...{ seen: field(late ? 'seen' : 'nonce') ?? '', decision: answer.decision },
      active: field('active') ?? '',
      ...Object.fromEntries(
        names.flatMap((name) => (field(name) === undefined ? [] : [[name, field(name) ?? '']])),
      ),
    };
    logger.info('asked to confirm', { approval: row.id, decision: answer.decision });
    return confirmSheet({ answer, document, email, fields, late });
  }

  async #decide(answer: Answer, summary: string): Promise<Sheet> {
    const { env, settings } = this.#context;
    const before = this.#visit.row;
    const person = this.#person();
    const key = await sealKey(env.DECISION_KEYS);
    const { undoSeconds } = settings;
    const { row, outcome } = await decide(env.APPROVAL_TABLE, before, answer, person, undoSeconds, key);
    const { decision = 'none' } = row;
    logger.info('decision posted', { approval: row.id, outcome, decision, channel: person.channel });
    count('decisionsPosted', row.automation);
    const visit = { ...this.#visit, row };
    if (outcome === 'decided') return thanksFor(this.#context, visit, summary);
    if (outcome === 'voted') return votedFor(this.#context, visit, summary);
    if (outcome === 'closed') return closedFor(this.#context, visit);
    return this.#refused(row, REFUSALS[outcome](row));
  }

  async #refused(row: Visit['row'], fault: string): Promise<Sheet> {
    const document = await readShown(this.#context, row);
    if (!document) return tamperedSheet();
    const same = row.digest === this.#visit.row.digest;
    const openedAt = same ? this.#openedAt : undefined;
    const typed = this.#typed(same);
    return again(this.#context, { ...this.#visit, row }, document, { fault, typed, openedAt });
  }

  async claim(said: 'claim' | 'release'): Promise<Sheet> {
    if (!(await this.#bound(this.#visit.row.digest))) return this.#old();
    const { env, settings } = this.#context;
    const person = this.#person();
    if (said === 'release') {
      const { row, released } = await release(env.APPROVAL_TABLE, this.#visit.row, person);
      if (released || !isOpen(row)) return showQuestion(this.#context, { ...this.#visit, row });
      return this.#refused(row, NOT_ON_IT);
    }
    const { row, mine } = await claim(env.APPROVAL_TABLE, this.#visit.row, person, settings.claimMinutes);
    if (mine || !claimedByOther(row, person.by)) return showQuestion(this.#context, { ...this.#visit, row });
    return this.#refused(row, REFUSALS.claimed(row));
  }

  /** `approve/ask` asks people. This only sends the command: the queue does not lose it. */
  async passOn(said: 'escalate' | 'hand-over'): Promise<Sheet> {
    const { row, email } = this.#visit;
    const { env, settings } = this.#context;
    if (!(await this.#bound(row.digest))) return this.#old();
    const to = said === 'escalate' ? row.escalateTo : (this.#form.field('to') ?? '');
    const theirs = groupsOf(settings, to).some((it) => it === row.group || it === row.escalateTo);
    if (said === 'hand-over' && !theirs) return this.fault('Please choose a colleague to hand it over to.');
    const note = this.#comment();
    const wrong = commentFault(note);
    if (wrong) return this.fault(wrong);
    const pass = { by: email, to, note: said === 'hand-over' ? note : '' };
    const { row: now, fault } = await markPass(env.APPROVAL_TABLE, settings, row, pass);
    if (!isOpen(now)) return closedFor(this.#context, { ...this.#visit, row: now });
    // The command would do nothing, and the page must not claim that somebody is being asked.
    if (fault) return this.fault(fault);
    const command: ApprovalCommand =
      said === 'escalate'
        ? { approvalId: row.id, command: 'escalate', by: email }
        : { approvalId: row.id, command: 'hand over', by: email, to };
    try {
      await send(env.APPROVALS_QUEUE_URL, command);
    } catch (error) {
      await unmarkPass(env.APPROVAL_TABLE, now, to);
      throw error;
    }
    return closedSheet(
      `Handed over to ${to}`,
      'They are being asked now. Your own link stays valid until somebody decides.',
    );
  }

  #comment(): string {
    return readComment(this.#form.field('comment'));
  }

  async #bound(digest: string, field: NonceField = 'nonce', goodForMs?: number): Promise<boolean> {
    const at = await timeOf(this.#context, this.#visit, this.#form, digest, field, goodForMs);
    this.#openedAt ??= at;
    return at !== undefined;
  }

  #person(): Presence {
    const { email, channel, authenticatedBy, together } = this.#visit;
    const openedAt = this.#openedAt ?? clock.now();
    return {
      ...{ by: email, channel, authenticatedBy, openedAt: new Date(openedAt).toISOString() },
      activeSeconds: activeSeconds(this.#form.field('active') ?? '', openedAt, clock.now()),
      ...(together === undefined ? {} : { together }),
    };
  }
}
