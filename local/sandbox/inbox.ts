import { join } from 'node:path';
import { isObject } from './brain-schema.ts';
import { Problem } from './http.ts';
import { JsonLines } from './jsonl.ts';

/** Thousands of mails come in one answer, of which each takes some 20 kB. */
const TIMEOUT_MS = 30_000;

export interface Mail {
  to: string;
  from: string;
  subject: string;
  text: string;
  html: string;
  sentAt: string;
}

/**
 * The mails that went through the emulator's SES; those of earlier runs are kept beside it, for it forgets
 * them.
 */
export class Inbox {
  readonly #emulatorUrl: string;
  readonly #file: JsonLines<Mail>;
  readonly #kept: Mail[];
  readonly #known: Set<string>;

  constructor(emulatorUrl: string, stateDir?: string | undefined) {
    this.#emulatorUrl = emulatorUrl;
    this.#file = new JsonLines<Mail>(
      stateDir === undefined ? undefined : join(stateDir, 'sandbox-mails.jsonl'),
    );
    this.#kept = [...this.#file.earlier];
    this.#known = new Set(this.#kept.map(identity));
  }

  /** Takes a mail that did not go through SES. */
  receive(mail: Mail): void {
    if (this.#known.has(identity(mail))) return;
    this.#known.add(identity(mail));
    this.#kept.push(mail);
    this.#file.append(mail);
  }

  /** Newest first. @throws Problem 502 when the emulator does not answer. */
  async read(): Promise<Mail[]> {
    for (const mail of (await sent(this.#emulatorUrl)).reverse()) this.receive(mail);
    // A mail of SES is noticed when somebody looks: what came otherwise meanwhile may be younger. Times of
    // SES are whole seconds.
    return this.#kept.toReversed().sort((a, b) => secondOf(b) - secondOf(a));
  }
}

function secondOf({ sentAt }: Mail): number {
  return Math.floor(Date.parse(sentAt) / 1000);
}

/* A link is in one mail only, so that no two mails of ours are the same. */
function identity({ to, sentAt, text }: Mail): string {
  return `${sentAt} ${to} ${text}`;
}

async function sent(emulatorUrl: string): Promise<Mail[]> {
  const url = `${emulatorUrl.replace(/\/$/, '')}/_ministack/ses/messages`;
  let body: unknown;
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    body = await answer.json();
  } catch (error) {
    throw new Problem(
      502,
      `the local engine does not show its mails (${error instanceof Error ? error.message : error})`,
    );
  }
  const accounts = isObject(body) && isObject(body.messages) ? Object.values(body.messages) : [];
  const mails = accounts.flatMap((messages: unknown) =>
    Array.isArray(messages) ? messages.filter(isObject) : [],
  );
  return mails
    .map((message, order) => ({ seconds: Number(message.Timestamp) || 0, order, mail: toMail(message) }))
    .sort((a, b) => b.seconds - a.seconds || b.order - a.order)
    .map(({ mail }) => mail);
}

function toMail(message: Readonly<Record<string, unknown>>): Mail {
  const seconds = Number(message.Timestamp) || 0;
  return {
    to: [message.To, message.CC, message.BCC].flatMap(strings).join(', '),
    from: String(message.Source ?? ''),
    subject: String(message.Subject ?? ''),
    text: String(message.BodyText ?? ''),
    html: String(message.BodyHtml ?? ''),
    sentAt: new Date(seconds * 1000).toISOString(),
  };
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
