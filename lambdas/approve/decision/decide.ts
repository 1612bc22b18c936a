import type { ApprovalRow, Decision, Edit, Presence, Vote } from '../../contract/approval.ts';
import { CARRYING_PHASE, closedPhase, OPEN_PHASE, roundOf } from '../../contract/approval.ts';
import { sealApproval } from '../../gate/seal.ts';
import { clock, isoNow } from '../../kit/clock.ts';
import { peopleOf, personHash } from '../../kit/digest.ts';
import type { Amendment } from '../../tables/approvals/approvals.ts';
import { amend, entry } from './amend.ts';
import { isLong } from './room.ts';
import { nextAt } from './times.ts';

/** A person's answer, about exactly what they were shown. */
export interface Answer {
  decision: Decision;
  /** Digest of the document on the page. If the document has changed since, nothing is decided. */
  shown: string;
  /** Round of the approval on the page: after an undo the page has to be read again. */
  round: number;
  /** The document with the approver's edits, already in the bucket. */
  edited?: { proposalKey: string; digest: string; edits: Edit[] };
  comment: string;
}

export type Outcome =
  /** It counts, and settles the approval. */
  | 'decided'
  /** It counts, and others have to agree as well. */
  | 'voted'
  /** The approval was settled before, or its time is over. */
  | 'closed'
  | 'claimed'
  | 'stranger'
  | 'own'
  | 'changed'
  /** The row is nearly full: only a decision that closes the approval is taken. */
  | 'long';

/**
 * Takes an answer from any channel. One conditional write: only one of two clicks counts, a crash loses none.
 */
export async function decide(
  table: string,
  approval: ApprovalRow,
  answer: Answer,
  person: Presence,
  undoSeconds: number,
  sealKey: string,
): Promise<{ row: ApprovalRow; outcome: Outcome }> {
  let outcome: Outcome = 'closed';
  const { row } = await amend(table, approval, (now) => {
    const refusal = refusalOf(now, answer, person);
    outcome = refusal ?? 'decided';
    if (refusal) return undefined;
    // The same vote again changes nothing.
    if (answer.decision === 'approve' && !answer.edited && now.votes[person.by]?.digest === now.digest) {
      outcome = 'voted';
      return undefined;
    }
    const votes = votesAfter(now, answer, person.by);
    if (answer.decision === 'approve' && peopleOf(Object.keys(votes)) < now.quorum) {
      outcome = answer.edited && isLong(now) ? 'long' : 'voted';
      return outcome === 'long' ? undefined : voted(now, answer, person, votes);
    }
    return signed(now, decided(now, answer, person, votes, undoSeconds), sealKey);
  });
  return { row, outcome };
}

function refusalOf(row: ApprovalRow, answer: Answer, { by }: Presence): Outcome | undefined {
  if (!row.asked[by]) return 'stranger';
  if (!isOpen(row)) return 'closed';
  // Requesters may reject their own request; approving or editing it is for others.
  if (answer.decision !== 'reject' && row.facts.requester === personHash(by)) return 'own';
  if (claimedByOther(row, by)) return 'claimed';
  return row.digest === answer.shown && roundOf(row) === answer.round ? undefined : 'changed';
}

/** A person's vote is for one document: an edit makes another, and voids the votes for the old one. */
function votesAfter(row: ApprovalRow, { edited }: Answer, by: string): Record<string, Vote> {
  const digest = edited?.digest ?? row.digest;
  const standing = Object.entries(row.votes).filter(([, vote]) => vote.digest === digest);
  return { ...Object.fromEntries(standing), [by]: { at: isoNow(), digest } };
}

function bindingOf(row: ApprovalRow, { edited }: Answer): Amendment['set'] {
  if (!edited) return {};
  const { digest, proposalKey } = edited;
  return { digest, proposalKey, edits: editsAfter(row, edited.edits) };
}

/** What the document changes in the original, if it is edited once more. */
function editsAfter({ edits = [] }: ApprovalRow, more: readonly Edit[] = []): Edit[] | undefined {
  const all = new Map(edits.map((edit) => [edit.field, edit]));
  for (const edit of more) all.set(edit.field, { ...edit, from: (all.get(edit.field) ?? edit).from });
  const left = [...all.values()].filter(({ from, to }) => from !== to);
  return left.length > 0 ? left : undefined;
}

function factsOf({ edited, comment, shown }: Answer, person: Presence) {
  return {
    ...person,
    digest: edited?.digest ?? shown,
    ...(comment ? { comment } : {}),
    ...(edited ? { edits: edited.edits } : {}),
  };
}

function voted(row: ApprovalRow, answer: Answer, person: Presence, votes: Record<string, Vote>): Amendment {
  return {
    set: { votes, asked: askedAgain(row, votes), claim: undefined, ...bindingOf(row, answer) },
    trail: [entry('approved', factsOf(answer, person))],
  };
}

/** People whose approval was voided by an edit are asked again: they believe that they are done. */
function askedAgain(
  { asked, votes: before }: ApprovalRow,
  votes: Record<string, Vote>,
): ApprovalRow['asked'] {
  const again = (email: string) => before[email] !== undefined && votes[email] === undefined;
  return Object.fromEntries(
    Object.entries(asked).map(([email, { mailedAt, ...one }]) => {
      if (again(email)) return [email, { ...one, voided: true }];
      return [email, mailedAt === undefined ? one : { ...one, mailedAt }];
    }),
  );
}

const SAID = { approve: 'approved', reject: 'rejected', again: 'sent_back' } as const;

function decided(
  row: ApprovalRow,
  answer: Answer,
  person: Presence,
  votes: Record<string, Vote>,
  undoSeconds: number,
): Amendment {
  const at = isoNow();
  const { decision, comment } = answer;
  const mayUndo = row.facts.reversible && undoSeconds > 0 && roundOf(row) < MOST_UNDOS;
  const undoable = mayUndo && decision !== 'again' && !row.attentionCheck;
  const facts = factsOf(answer, person);
  const edits = editsAfter(row, answer.edited?.edits);
  return {
    set: {
      status: 'decided',
      decision,
      decidedBy: person.by,
      decidedAt: at,
      comment,
      activeSeconds: person.activeSeconds,
      votes: decision === 'approve' ? votes : row.votes,
      claim: undefined,
      phase: undoable ? CARRYING_PHASE : closedPhase(at),
      phaseAt: `${at}#${row.id}`,
      ...bindingOf(row, answer),
      ...(undoable
        ? { undoUntil: new Date(clock.now() + undoSeconds * 1000).toISOString() }
        : { carriedAt: at }),
    },
    trail: [
      entry(SAID[decision], facts),
      entry('decided', { ...facts, decision, ...(edits ? { edits } : {}) }),
    ],
  };
}

/** With the signature that `act` checks: others who can write the row do not have the key. */
function signed(row: ApprovalRow, amendment: Amendment, key: string): Amendment {
  const { set, trail } = amendment;
  if (set.decision !== 'approve') return amendment;
  const { id: approvalId, automation, askedDigest } = row;
  const { digest = row.digest, decidedBy = '' } = set;
  const round = roundOf(row);
  const seal = sealApproval(key, { approvalId, automation, askedDigest, digest, decidedBy, round });
  return { set: { ...set, seal }, trail };
}

/** Undoing again and again is no way to decide: after this many times a decision is carried out at once. */
export const MOST_UNDOS = 3;

/** Undoes a decision before it is carried on: only its maker may. */
export async function undo(
  table: string,
  approval: ApprovalRow,
  person: Presence,
): Promise<{ row: ApprovalRow; undone: boolean }> {
  const { row, changed } = await amend(table, approval, (now) => {
    if (!isUndoable(now, person.by)) return undefined;
    // An edit goes with the decision that made it, and so does every vote for the edited document.
    const others = Object.entries(now.votes).filter(
      ([email, { digest }]) => email !== person.by && digest === now.askedDigest,
    );
    return {
      set: {
        ...{ status: 'pending', votes: Object.fromEntries(others) },
        ...{ digest: now.askedDigest, proposalKey: now.askedKey, edits: undefined },
        ...{ phase: OPEN_PHASE, phaseAt: `${nextAt(now)}#${now.id}` },
        ...{ decision: undefined, decidedBy: undefined, decidedAt: undefined, comment: undefined },
        ...{ activeSeconds: undefined, undoUntil: undefined, seal: undefined, round: roundOf(now) + 1 },
      },
      trail: [entry('undone', { ...person })],
    };
  });
  return { row, undone: changed };
}

export function isUndoable(row: ApprovalRow, by: string): boolean {
  const { status, carriedAt, undoUntil, decidedBy } = row;
  return status === 'decided' && !carriedAt && decidedBy === by && (undoUntil ?? '') > isoNow();
}

export function isOpen(row: ApprovalRow): boolean {
  return row.status === 'pending' && row.times.closesAt > isoNow();
}

export function claimedByOther({ claim }: ApprovalRow, by: string): boolean {
  return claim !== undefined && claim.by !== by && claim.until > isoNow();
}
