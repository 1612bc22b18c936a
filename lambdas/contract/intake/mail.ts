/** Headers of automatic mail; any of them marks it. */
export interface MailHeaders {
  autoSubmitted?: string | undefined;
  precedence?: string | undefined;
  listId?: string | undefined;
  autoResponseSuppress?: string | undefined;
}

/** A mail as it was read. Every word of it is a stranger's. */
export interface InboundMail {
  subject: string;
  /** Absent where the mail has no part of that kind. */
  text?: string;
  html?: string;
  /** The one address in `From`. Absent where there is none, or more than one. */
  from?: string;
  /** Addresses of `To` and `Cc`. */
  to: readonly string[];
  /** ISO 8601, as the sender says. */
  date?: string;
  messageId?: string;
  /** By lower-case names; of a header that comes twice the first one. */
  headers: Readonly<Record<string, string>>;
  /** Those that tell whether a machine wrote it, as `content` takes them. */
  automatic: MailHeaders;
}

export type MailResult = 'pass' | 'fail' | 'none';

/** Why a mail counts as written by a machine. */
export type Automatic =
  | 'auto-submitted'
  | 'precedence'
  | 'list'
  | 'auto-response-suppress'
  | 'null-sender'
  | 'delivery-report'
  | 'mailer-daemon';

/** What is known of a mail without a word of it, as the receiving server found it: what a policy may go by. */
export interface MailFacts {
  spf: MailResult;
  dkim: MailResult;
  dmarc: MailResult;
  spam: MailResult;
  virus: MailResult;
  /** One sender, whose domain answers for the mail. Nobody acts alone on any other. */
  verified: boolean;
  automatic?: Automatic;
  /** Attachments that are documents of the item, and those that are not: beyond what the automation takes. */
  attachments: number;
  leftOut: number;
}
