import { createServer } from 'node:http';
import { type Sandbox, startSandbox } from '../../local/sandbox/server.ts';
import { listening } from '../support/listening.ts';

/** As MiniStack shows what went through its SES. */
export const MAILS = [
  {
    Source: 'signalbox@example.com',
    To: ['anna@example.com'],
    CC: [],
    BCC: [],
    Subject: 'First',
    BodyText: 'one',
    BodyHtml: '',
    Timestamp: 1_790_000_000,
  },
  {
    Source: 'signalbox@example.com',
    To: ['ben@example.com'],
    CC: [],
    BCC: [],
    Subject: 'Decide <b>now</b>',
    BodyText: 'Open http://127.0.0.1:9/approvals/a1?t=x, please.',
    BodyHtml: '<p onclick="x()">Open "it" <script>bad()</script></p>',
    Timestamp: 1_790_000_100,
  },
];

export type Messages = { role: 'system' | 'user' | 'assistant'; content: string }[];

/** A sandbox beside an emulator that holds two mails and nothing else. */
export class SandboxWorld {
  sandbox: Sandbox;
  readonly #emulatorUrl: string;
  readonly #stateDir: string | undefined;
  readonly #closeEmulator: () => void;

  private constructor(
    sandbox: Sandbox,
    emulatorUrl: string,
    stateDir: string | undefined,
    close: () => void,
  ) {
    this.sandbox = sandbox;
    this.#emulatorUrl = emulatorUrl;
    this.#stateDir = stateDir;
    this.#closeEmulator = close;
  }

  static async start(stateDir?: string): Promise<SandboxWorld> {
    const body = JSON.stringify({ messages: { '000000000000': MAILS } });
    const emulator = createServer((_request, response) => response.end(body));
    const emulatorUrl = await listening(emulator);
    const sandbox = await startSandbox({ port: 0, emulatorUrl, stateDir });
    return new SandboxWorld(sandbox, emulatorUrl, stateDir, () => emulator.close());
  }

  async restart(): Promise<void> {
    await this.sandbox.close();
    this.sandbox = await startSandbox({ port: 0, emulatorUrl: this.#emulatorUrl, stateDir: this.#stateDir });
  }

  async close(): Promise<void> {
    await this.sandbox.close();
    this.#closeEmulator();
  }

  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(this.sandbox.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  }

  async read<T>(path: string): Promise<T> {
    const answer = await fetch(this.sandbox.url + path, { headers: { accept: 'application/json' } });
    return (await answer.json()) as T;
  }

  /** One call of a step, as the processor makes it. */
  complete(
    step: string,
    schema: unknown,
    input: unknown,
    more: Messages = [],
    prompt = 'prompt',
  ): Promise<Response> {
    return this.post('/model/v1/chat/completions', {
      model: 'gpt-test',
      messages: [
        { role: 'system', content: prompt },
        { role: 'user', content: JSON.stringify(input) },
        ...more,
      ],
      response_format: { type: 'json_schema', json_schema: { name: step, strict: true, schema } },
    });
  }

  /** What the model said. */
  async say(...call: Parameters<SandboxWorld['complete']>): Promise<string> {
    const answer = await this.complete(...call);
    const body = (await answer.json()) as { choices: { message: { content: string } }[] };
    return body.choices[0]?.message.content ?? '';
  }
}

/** The second half of the conversation when an answer is sent back. */
export function repair(bad: string): Messages {
  return [
    { role: 'assistant', content: bad },
    { role: 'user', content: 'Your answer did not fit the schema: it is not a JSON document.' },
  ];
}
