/** Of the mail that an item came as: what an answer to it needs. Words of a stranger, so it lies with the content. */
export interface MailThread {
  /** The one address in `From`. */
  from: string;
  subject: string;
  /** In angle brackets. Absent where the mail has none of a usable form. */
  messageId?: string;
  /** Of the mails before it, the oldest first. */
  references: readonly string[];
}
