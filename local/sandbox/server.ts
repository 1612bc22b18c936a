import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describedBy } from './answers.ts';
import { type SandboxApi, TOKEN } from './api.ts';
import { type SandboxBatches, sandboxBatches } from './batches.ts';
import { callsFile, type KeptLine, MODEL_ROOMS, type ModelRoom } from './calls-file.ts';
import { Destination, KNOWN_DESTINATIONS } from './destinations.ts';
import { homePage } from './home-page.ts';
import { header, Problem, readJson, sendJson, sendPage, sendProblem } from './http.ts';
import { InboundMail, type MailPlace } from './inbound-mail.ts';
import { Inbox } from './inbox.ts';
import { inboxPage } from './inbox-page.ts';
import type { JsonLines } from './jsonl.ts';
import { type Known, loadKnowledge } from './knowledge.ts';
import { HANG_UP, SandboxModel } from './model.ts';
import { readNotice } from './notices.ts';
import { SandboxSlack } from './slack.ts';
import { SandboxSource } from './sources.ts';
import { type SigningKey, signingKeys } from './verify.ts';

const HOST = '127.0.0.1';

export interface SandboxOptions {
  /** 0 takes any free port. */
  port: number;
  emulatorUrl: string;
  /** The folder of the automations. @default this repository's */
  automations?: string;
  /** Where the calls are kept over a restart. @default in memory only */
  stateDir?: string | undefined;
}

export interface Sandbox {
  url: string;
  inboxUrl: string;
  /** Base of `/v1`, `/calls` and `/faults` of the model. */
  modelUrl: string;
  /** A mail that is posted there comes in as one by SES would. */
  inboundMailUrl: string;
  /** Where such mails go, as soon as there is a bucket for them. */
  takeMails(place: Omit<MailPlace, 'emulatorUrl'>): void;
  /** Keeps what is in the inbox; to be called before the emulator stops. */
  keepMails(): Promise<void>;
  close(): Promise<void>;
}

/** Serves what lies outside Signalbox on one local port: inbox, Slack, model, destinations. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const world = new World(options, await loadKnowledge(options.automations));
  const server = createServer((request, response) => {
    world.serve(request, response).catch((error: unknown) => fail(response, error));
  });
  await new Promise<void>((listening, failed) => {
    server.once('error', failed);
    server.listen(options.port, HOST, listening);
  });
  const url = `http://${HOST}:${(server.address() as AddressInfo).port}`;
  world.url = url;
  return {
    url,
    inboxUrl: `${url}/inbox`,
    modelUrl: `${url}/model`,
    inboundMailUrl: `${url}/inbound-mail`,
    takeMails: (place) => world.inbound.open({ ...place, emulatorUrl: options.emulatorUrl }),
    keepMails: async () => {
      await world.mails();
    },
    close: () =>
      new Promise((closed, failed) => {
        server.close((error) => (error ? failed(error) : closed()));
        server.closeAllConnections();
      }),
  };
}

class World {
  url = '';
  readonly inbound = new InboundMail();
  readonly #emulatorUrl: string;
  readonly #file: JsonLines<KeptLine>;
  readonly #inboxOf: Inbox;
  readonly #models: ReadonlyMap<string, SandboxModel>;
  readonly #batches = new Map<SandboxModel, SandboxBatches>();
  readonly #slack: SandboxSlack;
  readonly #destinations = new Map<string, Destination>();
  readonly #sources = new Map<string, SandboxSource>();
  readonly #apis: ReadonlyMap<string, SandboxApi>;
  readonly #knowledge: readonly Known[];
  readonly #signingKey: SigningKey;

  constructor(options: SandboxOptions, knowledge: readonly Known[]) {
    this.#emulatorUrl = options.emulatorUrl;
    this.#file = callsFile(options.stateDir);
    this.#inboxOf = new Inbox(options.emulatorUrl, options.stateDir);
    this.#slack = new SandboxSlack(options.stateDir);
    this.#signingKey = signingKeys(options.stateDir);
    this.#apis = new Map(knowledge.flatMap(({ apis = {} }) => Object.entries(apis)));
    this.#knowledge = knowledge;
    this.#models = new Map(MODEL_ROOMS.map((room) => [room, this.#modelOf(room, knowledge)]));
    const kept = this.#file.earlier.flatMap((line) =>
      line.kind === 'destination' ? [line.destination] : [],
    );
    for (const name of new Set([...KNOWN_DESTINATIONS, ...kept])) this.#destination(name);
  }

  /** Reading them keeps them: the emulator forgets its mails when it stops. */
  async mails(): Promise<void> {
    await this.#inboxOf.read();
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    refuseForeignHosts(request);
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://sandbox');
    const [room, name, ...rest] = pathname.split('/').filter(Boolean);
    const call = `${request.method === 'HEAD' ? 'GET' : request.method} ${rest.join('/')}`;
    if (room === undefined && call === 'GET ') return sendPage(response, 200, await this.#home());
    if (room === 'inbox' && name === undefined && call === 'GET ') {
      return this.#inbox(request, response, searchParams.get('m'));
    }
    if (room === 'notices' && name === undefined && call === 'POST ') {
      const mail = await readNotice(request, searchParams.get('to'), this.#emulatorUrl);
      if (mail) this.#inboxOf.receive(mail);
      return sendJson(response, 200, {});
    }
    if (room === 'inbound-mail' && name === undefined && call === 'POST ')
      return sendJson(response, 202, await this.inbound.take(request, searchParams));
    if (room === 'slack') return this.#slack.serve(request, response, name ? [name, ...rest] : [], this.url);
    const model = this.#models.get(room ?? '');
    if (model && name !== undefined)
      return this.#modelRoom(model, request, response, [name, ...rest].join('/'));
    if (room === 'destinations' && name !== undefined) {
      const destination = this.#destination(name);
      if (call === 'POST ') {
        const taken = await destination.take(request);
        if (typeof taken === 'string') return sendPage(response, 200, taken);
        return taken ? sendJson(response, 200, taken) : void request.socket.destroy();
      }
      if (call === 'GET calls') return sendJson(response, 200, destination.shown());
      if (call === 'POST faults')
        return sendJson(response, 200, destination.faults.set(await readJson(request)));
      if (call === 'POST token') return sendJson(response, 200, TOKEN);
      return this.#api(destination, request, response);
    }
    if (room === 'sources' && name !== undefined)
      return this.#source(name).serve(request, response, { call, path: rest, query: searchParams });
    throw new Problem(404, `the sandbox has no ${request.method} ${pathname}`);
  }

  async #api(destination: Destination, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = new URL(request.url ?? '/', 'http://sandbox');
    const answer = await destination.answer(request, at, this.#apis.get(destination.name));
    if (typeof answer === 'string') return sendPage(response, 200, answer);
    if (answer) return sendJson(response, answer.status, answer.body ?? {});
    request.socket.destroy();
  }

  #source(name: string): SandboxSource {
    const source = this.#sources.get(name) ?? new SandboxSource(name, describedBy(this.#knowledge, name));
    this.#sources.set(name, source);
    return source;
  }

  /** With what an earlier run recorded of it. */
  #modelOf(room: ModelRoom, knowledge: readonly Known[]): SandboxModel {
    const earlier = this.#file.earlier.flatMap(({ kind, ...call }) =>
      kind === room && 'step' in call ? [call] : [],
    );
    return new SandboxModel(knowledge, earlier, (call) => this.#file.append({ kind: room, ...call }));
  }

  #batchesOf(model: SandboxModel): SandboxBatches {
    const batches = this.#batches.get(model) ?? sandboxBatches(model);
    this.#batches.set(model, batches);
    return batches;
  }

  async #modelRoom(
    model: SandboxModel,
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
  ): Promise<void> {
    const call = `${request.method} ${path}`;
    if (call === 'GET v1/models') return sendJson(response, 200, model.list());
    if (call === 'GET calls')
      return sendJson(response, 200, { count: model.calls.length, calls: model.calls });
    if (call === 'POST faults') return sendJson(response, 200, model.faults.set(await readJson(request)));
    if (path.startsWith('v1/') && (await this.#batchesOf(model).serve(request, response, path.slice(3))))
      return;
    const asked = {
      'POST v1/chat/completions': model.complete.bind(model),
      'POST v1/embeddings': model.embed.bind(model),
    }[call];
    if (!asked) throw new Problem(404, `the sandbox model has no ${call}`);
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const answer = await asked(await readJson(request), gone.signal);
    if (answer === HANG_UP) request.socket.destroy();
    else sendJson(response, answer.status, answer.body, answer.headers);
  }

  async #inbox(request: IncomingMessage, response: ServerResponse, picked: string | null): Promise<void> {
    const mails = await this.#inboxOf.read();
    const accept = header(request, 'accept') ?? '';
    if (!accept.includes('text/html')) return sendJson(response, 200, mails, { vary: 'accept' });
    sendPage(response, 200, inboxPage(mails, picked === null ? undefined : Number(picked)));
  }

  async #home(): Promise<string> {
    const mails = await this.#inboxOf.read().then(
      (all) => all.length,
      () => undefined,
    );
    const destinations = [...this.#destinations.values()].map(({ name, calls, duplicates, faults }) => ({
      name,
      calls: calls.length,
      duplicates,
      mode: faults.mode,
    }));
    const models = [...this.#models].map(([room, { calls, faults }]) => ({
      room,
      calls: calls.length,
      mode: faults.mode,
    }));
    return homePage({ url: this.url, mails, models, destinations });
  }

  /** Made on first use, with what an earlier run recorded of it. */
  #destination(name: string): Destination {
    const known = this.#destinations.get(name);
    if (known !== undefined) return known;
    const earlier = this.#file.earlier.flatMap((line) => {
      if (line.kind !== 'destination' || line.destination !== name) return [];
      const { kind: _kind, destination: _destination, ...call } = line;
      return [call];
    });
    const made = new Destination(
      name,
      earlier,
      (call) => this.#file.append({ kind: 'destination', destination: name, ...call }),
      this.#signingKey,
    );
    this.#destinations.set(name, made);
    return made;
  }
}

/**
 * A web page elsewhere could point its own host name at this machine and then read approval links out of the
 * inbox.
 */
function refuseForeignHosts(request: IncomingMessage): void {
  const host = (header(request, 'host') ?? '').replace(/:\d+$/, '');
  if (!['127.0.0.1', 'localhost'].includes(host))
    throw new Problem(421, 'the sandbox answers as 127.0.0.1 or localhost only');
}

function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  if (!(error instanceof Problem)) console.error('sandbox:', error);
  const problem = error instanceof Problem ? error : new Problem(500, 'the sandbox failed; its log says why');
  sendProblem(response, problem);
}
