export interface WorkMessage {
  itemId: string;
  generation: number;
  /** An approver sent this generation back: think again, as the next one. */
  again?: boolean;
  /** Of a message that a postponed item sent itself. */
  ticket?: string;
  /** Whom the item waits for is well again. The message that it waits with is under way all the same. */
  woken?: true;
}

/** The message of the action queue; one that the action sent itself says since when it waits. */
export interface ActionMessage {
  itemId: string;
  generation: number;
  waitingSince?: string;
  woken?: true;
}

/** The message of a run that waits for people. */
export interface TaskMessage {
  itemId: string;
  generation: number;
  taskToken: string;
  /** Where what is approved goes. Absent from a run of an earlier version, which sends it there itself. */
  actionQueueUrl?: string;
}

/** The other messages of the approvals queue: commands about one approval. */
export type ApprovalCommand = { approvalId: string } & (
  | { command: 'deliver' | 'remind' | 'carry' | 'tell' | 'failed' }
  | { command: 'escalate'; by: string }
  | { command: 'hand over'; by: string; to: string }
);

/** A request for a sign-in link: an address as typed, and the page to go to. */
export interface SignInCommand {
  command: 'sign in';
  email: string;
  next: string;
}
