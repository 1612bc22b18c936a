import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { Edit, Presence } from '../../shared/approval.ts';
import { sqs } from '../../shared/clients.ts';
import { clock } from '../../shared/clock.ts';
import { putContent } from '../../shared/content.ts';
import { groupsOf } from '../../shared/desk.ts';
import type { DeskErrand, ProposalDocument } from '../../shared/item.ts';
import { readSecret } from '../../shared/secrets.ts';
import { count, logger } from '../../shared/telemetry.ts';
import { claim, release } from '../decision/claim.ts';
import { commentFault, readComment } from '../decision/comment.ts';
import { type Answer, claimedByOther, decide, isOpen, isUndoable, undo } from '../decision/decide.ts';
import { applyEdits, forRecord, readEdits } from '../decision/edits.ts';
import { markPass, unmarkPass } from '../decision/pass.ts';
import { activeSeconds } from './active.ts';
import { closedSheet, decidedSheet, tamperedSheet, thanksSheet, votedSheet } from './closed.ts';
import { faultIn, NO_EDITS, NOT_ON_IT, NOTHING_TO_UNDO, OLD_PAGE, REFUSALS, TOO_LATE } from './faults.ts';
import { fieldsFault } from './fields.ts';
import type { Sheet } from './layout.ts';
import { nonceTime } from './links.ts';
import { again, type DeskContext, hiddenFields, readShown, showQuestion, type Visit } from './visit.ts';

/** A form that was sent, and what its sender showed of themselves. */
export interface Form {
  field(name: string): string | undefined;
  /** Of all that it holds, in the order in which it was sent; a name may be there more than once. */
  names: readonly string[];
  cookie: string | undefined;
  browser: boolean;
}

/** The word for it everywhere else; whether there are edits is seen from the fields. */
const SYNONYMS: Readonly<Record<string, string>> = { 'approve with edits': 'approve' };

/** Takes what a person sent from the page of a question: a decision, or what they do with it instead. */
export async function takeForm(context: DeskContext, visit: Visit, form: Form): Promise<Sheet> {
  const said = SYNONYMS[form.field('decision') ?? ''] ?? form.field('decision') ?? '';
  if (said === 'undo') return takeBack(context, visit, form);
  if (!isOpen(visit.row)) return decidedSheet(visit.row);
  const document = await readShown(context, visit.row);
  if (!document) return tamperedSheet();
  const desk = new Desk(context, visit, form, document);
  switch (said) {
    case 'approve':
    case 'reject':
    case 'again':
      return desk.answer(said);
    case 'claim':
    case 'release':
      return desk.claim(said);
    case 'escalate':
    case 'hand-over':
      return desk.passOn(said);
    default:
      return desk.unclear();
  }
}

class Desk {
  readonly #context: DeskContext;
  readonly #visit: Visit;
  readonly #form: Form;
  readonly #document: ProposalDocument;
  #openedAt: number | undefined;

  constructor(context: DeskContext, visit: Visit, form: Form, document: ProposalDocument) {
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

  /** Over another document only the comment is kept: what was typed into the fields was meant for the one on the page. */
  #typed(same: boolean): Form['field'] {
    return (name) => (same || name === 'comment' ? this.#form.field(name) : undefined);
  }

  #old(): Promise<Sheet> {
    return again(this.#context, this.#visit, this.#document, { fault: OLD_PAGE, typed: this.#typed(false) });
  }

  async unclear(): Promise<Sheet> {
    await this.#bound(this.#visit.row.digest);
    return this.fault('Please choose: approve or reject.');
  }

  async answer(decision: Answer['decision']): Promise<Sheet> {
    const { row } = this.#visit;
    const { env, declarations } = this.#context;
    if (!(await this.#bound(row.digest))) return this.#old();
    const wrong = commentFault(this.#comment()) || fieldsFault(this.#document, this.#form.names);
    if (wrong) return this.fault(wrong);
    const { edits, faults } =
      decision === 'approve' ? readEdits(this.#document, this.#form.field) : { edits: [], faults: [] };
    if (faults[0]) return this.fault(faults[0]);
    // Behind a known-bad proposal there is nothing to carry out: that its reader changed it is all there is to know.
    if (row.vigilance && edits.length > 0) return this.#caught(decision, edits);
    const automation = declarations.find(({ name }) => name === row.automation);
    if (edits.length > 0 && !automation) return this.fault(NO_EDITS);
    const edited =
      edits.length > 0 && automation
        ? await applyEdits(env.CONTENT_BUCKET, this.#document, edits, automation, row.edits)
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
    if (edited) await putContent(env.CONTENT_BUCKET, edited.proposalKey, edited.document);
    const { proposalKey = '', digest = '' } = edited ?? {};
    const answer = { decision, shown: row.digest, comment: this.#comment() };
    const { summary } = edited?.document ?? this.#document;
    const kept = { proposalKey, digest, edits: forRecord(this.#document, edits) };
    return this.#decide(edited ? { ...answer, edited: kept } : answer, summary);
  }

  #caught(decision: Answer['decision'], edits: Edit[]): Promise<Sheet> {
    const { proposalKey, digest } = this.#visit.row;
    const fault = faultIn(decision, this.#document, this.#form.field);
    if (fault) return this.fault(fault);
    const edited = { proposalKey, digest, edits: forRecord(this.#document, edits) };
    const answer = { decision, shown: digest, comment: this.#comment(), edited };
    return this.#decide(answer, this.#document.summary);
  }

  /** Nothing is read once the decision is recorded: a fault of a neighbour must not say that nothing was changed. */
  async #decide(answer: Answer, summary: string): Promise<Sheet> {
    const { env, settings } = this.#context;
    const before = this.#visit.row;
    const person = this.#person();
    const { row, outcome } = await decide(env.APPROVAL_TABLE, before, answer, person, settings.undoSeconds);
    const { decision = 'none' } = row;
    logger.info('decision posted', { approval: row.id, outcome, decision, channel: person.channel });
    count('decisionsPosted', row.automation);
    const visit = { ...this.#visit, row };
    if (outcome === 'decided') {
      const hidden = await hiddenFields(env.DESK_SECRET, visit, row.digest);
      return thanksSheet(row, summary, person.by, hidden);
    }
    if (outcome === 'voted') return votedSheet(row, summary);
    if (outcome === 'closed') return decidedSheet(row);
    return this.#refused(row, REFUSALS[outcome](row));
  }

  /** The question as it stands now: somebody may have changed what it is about. */
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

  /** The desk's own function asks people; this one only says so, and its message is not lost. */
  async passOn(said: 'escalate' | 'hand-over'): Promise<Sheet> {
    const { row, email } = this.#visit;
    const { env, settings } = this.#context;
    if (!(await this.#bound(row.digest))) return this.#old();
    const to = said === 'escalate' ? row.escalateTo : (this.#form.field('to') ?? '');
    const theirs = groupsOf(settings, to).some((it) => it === row.group || it === row.escalateTo);
    if (said === 'hand-over' && !theirs) return this.fault('Please choose the colleague to hand it to.');
    const note = this.#comment();
    const wrong = commentFault(note);
    if (wrong) return this.fault(wrong);
    const pass = { by: email, to, note: said === 'hand-over' ? note : '' };
    const { row: now, fault } = await markPass(env.APPROVAL_TABLE, settings, row, pass);
    if (!isOpen(now)) return decidedSheet(now);
    // The errand would do nothing, and the page must not say that somebody is being asked.
    if (fault) return this.fault(fault);
    const errand: DeskErrand =
      said === 'escalate'
        ? { approvalId: row.id, errand: 'escalate', by: email }
        : { approvalId: row.id, errand: 'hand over', by: email, to };
    const MessageBody = JSON.stringify(errand);
    try {
      await sqs().send(new SendMessageCommand({ QueueUrl: env.APPROVALS_QUEUE_URL, MessageBody }));
    } catch (error) {
      await unmarkPass(env.APPROVAL_TABLE, now, to);
      throw error;
    }
    return closedSheet(
      `Passed on to ${to}`,
      'They are being asked now. Your own link stays good until somebody has decided.',
    );
  }

  #comment(): string {
    return readComment(this.#form.field('comment'));
  }

  async #bound(digest: string, field?: 'reviewed'): Promise<boolean> {
    const at = await timeOf(this.#context, this.#visit, this.#form, digest, field);
    this.#openedAt ??= at;
    return at !== undefined;
  }

  #person(): Presence {
    const { email, channel, authenticatedBy } = this.#visit;
    const openedAt = this.#openedAt ?? clock.now();
    return {
      ...{ by: email, channel, authenticatedBy, openedAt: new Date(openedAt).toISOString() },
      activeSeconds: activeSeconds(this.#form.field('active') ?? '', openedAt, clock.now()),
    };
  }
}

async function timeOf({ env }: DeskContext, visit: Visit, form: Form, digest: string, field = 'nonce') {
  const { key } = await readSecret<{ key: string }>(env.DESK_SECRET);
  const bound = { subject: visit.subject, approvalId: visit.row.id, digest };
  return nonceTime(key, form.field(field) ?? '', bound, form);
}

async function takeBack(context: DeskContext, visit: Visit, form: Form): Promise<Sheet> {
  const { row: before, email, channel, authenticatedBy } = visit;
  const ours = (await timeOf(context, visit, form, before.digest)) !== undefined;
  const person = { by: email, channel, authenticatedBy };
  const { row, undone } = ours
    ? await undo(context.env.APPROVAL_TABLE, before, person)
    : { row: before, undone: false };
  const now = { ...visit, row };
  if (undone) return showQuestion(context, now);
  if (isOpen(row)) return showQuestion(context, now, ours ? NOTHING_TO_UNDO : OLD_PAGE);
  // Whoever may still take it back sees the way to do so.
  return isUndoable(row, email) ? showQuestion(context, now) : decidedSheet(row, TOO_LATE);
}
