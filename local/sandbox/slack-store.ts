import { join } from 'node:path';
import { JsonLines } from './jsonl.ts';

export type Block = Readonly<Record<string, unknown>>;

/** A message that the app has sent, to a member or into a channel, as it reads now. */
export interface Message {
  channel: string;
  ts: string;
  /** Slack member id, or the channel's. */
  user: string;
  at: string;
  text: string;
  blocks: readonly Block[];
  /** When it was changed last. */
  updatedAt: string | null;
  /** What only programs see of it. */
  metadata?: unknown;
}

/** What the app answered to a click, shown to the one who clicked alone. */
export interface Response {
  at: string;
  /** The message that was clicked on: its channel and `ts`. */
  to: string | null;
  body: unknown;
}

type Line =
  | ({ kind: 'message' } & Message)
  | { kind: 'update'; channel: string; ts: string; at: string; text: string; blocks: readonly Block[] }
  | ({ kind: 'response' } & Response);

/** Messages and answers, kept over a restart. */
export class SlackStore {
  readonly messages: Message[] = [];
  readonly responses: Response[] = [];
  readonly #file: JsonLines<Line>;

  constructor(folder: string | undefined) {
    this.#file = new JsonLines(folder === undefined ? undefined : join(folder, 'sandbox-slack.jsonl'));
    for (const line of this.#file.earlier) this.#take(line);
  }

  post(user: string, text: string, blocks: readonly Block[], metadata?: unknown): Message {
    const now = Date.now();
    const ts = `${Math.floor(now / 1000)}.${String(this.messages.length + 1).padStart(6, '0')}`;
    const at = new Date(now).toISOString();
    const channel = isChannel(user) ? user : `D${user}`;
    const message: Message = { channel, ts, user, at, text, blocks, updatedAt: null };
    if (metadata !== undefined) message.metadata = metadata;
    this.#add({ kind: 'message', ...message });
    return message;
  }

  /** @returns false when there is no such message. */
  update(channel: string, ts: string, text: string, blocks: readonly Block[]): boolean {
    if (!this.find(channel, ts)) return false;
    this.#add({ kind: 'update', channel, ts, at: new Date().toISOString(), text, blocks });
    return true;
  }

  respond(to: string | null, body: unknown): void {
    this.#add({ kind: 'response', at: new Date().toISOString(), to, body });
  }

  find(channel: string, ts: string): Message | undefined {
    return this.messages.find((message) => message.channel === channel && message.ts === ts);
  }

  #add(line: Line): void {
    this.#take(line);
    this.#file.append(line);
  }

  #take(line: Line): void {
    if (line.kind === 'response') {
      const { kind: _kind, ...response } = line;
      this.responses.push(response);
    } else if (line.kind === 'message') {
      const { kind: _kind, ...message } = line;
      this.messages.push(message);
    } else {
      const message = this.find(line.channel, line.ts);
      if (message) Object.assign(message, { text: line.text, blocks: line.blocks, updatedAt: line.at });
    }
  }
}

export const isChannel = (id: string) => /^[CG][A-Z0-9]{2,}$/.test(id);

/** A message's name in addresses. */
export function nameOf({ channel, ts }: { channel: string; ts: string }): string {
  return `${channel}-${ts}`;
}
