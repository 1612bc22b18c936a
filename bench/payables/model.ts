import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { StepAnswer } from '../../local/sandbox/knowledge.ts';
import { SandboxModel } from '../../local/sandbox/model.ts';

/** A model server on loopback that answers by a script. */
export interface Scripted {
  url: string;
  close(): Promise<void>;
}

/** @param steps what it answers, by step: what does not fit the schema there is what no model would say */
export async function startScripted(steps: Readonly<Record<string, StepAnswer>>): Promise<Scripted> {
  const model = new SandboxModel([{ steps, prompts: [] }], [], () => {});
  const server = createServer(async (request, response) => {
    const answered =
      request.method === 'GET'
        ? { status: 200, body: model.list() }
        : await model.complete(await json(request), new AbortController().signal);
    response.writeHead(answered.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answered.body));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
