/** What the approvals table holds of one question to a person. */
export interface ApprovalRow {
  /** Item id and the generation that asked: one question per run. */
  id: string;
  itemId: string;
  generation: number;
  automation: string;
  status: 'pending' | 'decided' | 'expired';
  /** SHA-256 of the proposal document: what is decided about, and nothing else. */
  digest: string;
  proposalKey: string;
  /** Stays on the server: whoever holds it can wake the execution. */
  taskToken: string;
  createdAt: string;
  /** Seconds since 1970: from then on no decision is taken. */
  closesAt: number;
  /** By the SHA-256 of a link's secret part: whom it was sent to. The secret itself is in the mail alone. */
  links: Record<string, { email: string; group: string }>;
  /** Approvers whose mail is out, so that a redelivery does not send it again. */
  mailed: string[];
  decision?: 'approve' | 'reject';
  decidedBy?: string;
  decidedAt?: string;
  comment?: string;
  activeSeconds?: number;
  expiresAt: number;
}

export function approvalId(itemId: string, generation: number): string {
  return `${itemId}-g${generation}`;
}
