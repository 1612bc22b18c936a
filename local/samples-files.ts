import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Sample } from './samples-view.ts';
import { ROOT } from './state.ts';

export type Init = RequestInit & { headers?: Record<string, string> };
export type Answer = { json: unknown } | { fault: string };
type Ask = (path: string, init: Init) => Promise<Answer>;

const TYPES: Readonly<Record<string, string>> = {
  '.pdf': 'application/pdf',
  '.xml': 'application/xml',
  '.png': 'image/png',
};

/** As which a file of this name is uploaded. */
export function contentTypeOf(file: string): string {
  return TYPES[extname(file)] ?? 'application/octet-stream';
}

/** The item that was posted with this key before. */
export async function itemOf(ask: Ask, automation: string, key: string): Promise<Answer | undefined> {
  const query = new URLSearchParams({ automation, key, limit: '1' });
  const answer = await ask(`/v1/items?${query}`, {});
  const [item] = 'json' in answer ? ((answer.json as { items?: unknown[] }).items ?? []) : [];
  return item ? { json: item } : undefined;
}

/** Uploads a sample's files. The body that names them, or why they were not taken. */
export async function withFiles(
  ask: Ask,
  { automation, body, documents = [] }: Sample,
): Promise<string | { fault: string }> {
  const refs: string[] = [];
  for (const file of documents) {
    const bytes = await readFile(join(ROOT, 'automations', automation, file));
    const contentType = contentTypeOf(file);
    const name = file.split('/').at(-1);
    const answer = await ask(`/v1/automations/${automation}/uploads`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name, contentType, bytes: bytes.length }),
    });
    if ('fault' in answer) return answer;
    const upload = answer.json as { uploadUrl: string; headers: Record<string, string>; documentRef: string };
    const put = await fetch(upload.uploadUrl, { method: 'PUT', headers: upload.headers, body: bytes });
    if (!put.ok) return { fault: `${put.status} to the upload of ${name}` };
    refs.push(upload.documentRef);
  }
  return JSON.stringify({ ...body, documents: refs });
}
