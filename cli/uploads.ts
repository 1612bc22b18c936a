import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { Client } from './client.ts';
import { Unreachable, UsageError } from './errors.ts';
import type { Terminal } from './terminal.ts';

interface Upload {
  uploadUrl: string;
  headers: Record<string, string>;
  documentRef: string;
}

const UPLOAD_MS = 300_000;

/**
 * The body with the references of these files, which are uploaded for it.
 * @param names paths, with commas between
 * @throws UsageError for a file that cannot be read, or a body that is no JSON object
 */
export async function withDocuments(
  { client, automation, terminal }: { client: Client; automation: string; terminal: Terminal },
  body: string,
  names: string,
): Promise<string> {
  const fields = objectOf(body);
  // All are read before one is sent.
  const files = await Promise.all(
    names.split(',').map(async (name) => ({ name: basename(name), bytes: await readBytes(name, terminal) })),
  );
  const documents: string[] = [];
  for (const { name, bytes } of files) {
    // What a file is, its content decides.
    const announced = { name, contentType: 'application/octet-stream', bytes: bytes.length };
    const path = `/v1/automations/${encodeURIComponent(automation)}/uploads`;
    const { json } = await client.post<Upload>(path, JSON.stringify(announced), {});
    const { uploadUrl, headers, documentRef } = json as Upload;
    await put(uploadUrl, { headers, body: bytes }, name);
    documents.push(documentRef);
  }
  return JSON.stringify({ ...fields, documents });
}

function objectOf(body: string): object {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {}
  throw new UsageError('the body must be a JSON object: --document adds its files to it');
}

/** The link is the right to write there: it gets no token. */
async function put(url: string, request: RequestInit, name: string): Promise<void> {
  const signal = AbortSignal.timeout(UPLOAD_MS);
  const answer = await fetch(url, { ...request, method: 'PUT', signal }).catch(() => undefined);
  if (answer?.ok) return;
  throw new Unreachable(
    `the upload of '${name}' was not taken (${answer ? answer.status : 'no answer'}): send it again`,
  );
}

/** Where that is for whoever typed it: npm runs a script in the root of the package, wherever it was called. */
export function typedPath(path: string, { env }: Pick<Terminal, 'env'>): string {
  const from = env.npm_lifecycle_event === 'signalbox' && env.INIT_CWD ? env.INIT_CWD : process.cwd();
  return resolve(from, path);
}

/** @throws UsageError with the path and the reason */
export async function readBytes(
  path: string,
  terminal: Terminal,
  what = 'a file',
): Promise<Buffer<ArrayBuffer>> {
  return readFile(typedPath(path, terminal)).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`'${path}' cannot be read (${error.code ?? error.message}): name ${what}`);
  });
}
