import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Chunk } from '../../lambdas/knowledge/index/build.ts';
import { chunksOf, kindOf } from '../../lambdas/knowledge/index/document.ts';
import { readApart } from '../../lambdas/read/apart.ts';
import { UsageError } from '../errors.ts';
import type { Objects } from './store.ts';

/** Of one document; a longer one is a book, and is several. */
export const MOST_BYTES = 20_000_000;
const MOST_PAGES = 200;
const MOST_DOCUMENTS = 20_000;

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

/** Where documents come from: names below a folder, in order, and what each holds. */
export interface Place {
  files: readonly { name: string; bytes: number }[];
  read(name: string): Promise<Buffer>;
}

export interface Collected {
  chunks: Chunk[];
  documents: number;
  /** What was not taken, and why. */
  left: { name: string; why: string }[];
}

/** A folder of this machine. @throws UsageError if it is none */
export async function folderPlace(folder: string): Promise<Place> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => {
    throw new UsageError(`'${folder}' is no folder that can be read`);
  });
  // Links lead elsewhere: what they name is not in the folder.
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const files = await Promise.all(
    paths.map(async (path) => ({
      name: relative(folder, path).replaceAll('\\', '/'),
      bytes: (await stat(path)).size,
    })),
  );
  return { files: inOrder(files), read: (name) => readFile(join(folder, name)) };
}

/** What lies below `s3://bucket/prefix/`. */
export async function bucketPlace(aws: Objects, url: string): Promise<Place> {
  const [, bucket = '', prefix = ''] = /^s3:\/\/([a-z0-9.-]{3,63})\/?(.*)$/.exec(url) ?? [];
  if (!bucket) throw new UsageError(`'${url}' must be like s3://bucket/folder`);
  const below = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
  const files = (await aws.objects(bucket, below)).map(({ key, bytes }) => ({
    name: key.slice(below.length),
    bytes,
  }));
  return {
    files: inOrder(files.filter(({ name }) => name !== '' && !name.endsWith('/'))),
    read: async (name) => {
      const found = await aws.object(bucket, below + name);
      if (!found) throw new UsageError(`'${name}' was removed while it was read: repeat the command`);
      return found.bytes;
    },
  };
}

function inOrder<T extends { name: string }>(files: readonly T[]): T[] {
  return files
    .filter(({ name }) => !name.split('/').some((part) => part.startsWith('.')))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** The passages of all documents. What cannot be read is left out, by name. @throws UsageError above what one collection holds */
export async function collect(
  { files, read }: Place,
  options: { apart: boolean },
  progress: (done: number, all: number) => void,
): Promise<Collected> {
  if (files.length > MOST_DOCUMENTS)
    throw new UsageError(
      `a collection has at most ${MOST_DOCUMENTS} documents, and there are ${files.length}`,
    );
  const collected: Collected = { chunks: [], documents: 0, left: [] };
  for (const [at, { name, bytes }] of files.entries()) {
    progress(at, files.length);
    const why =
      bytes > MOST_BYTES ? `has ${megabytes(bytes)}, more than ${megabytes(MOST_BYTES)}` : undefined;
    const one = why === undefined ? await piecesOf(name, read, options) : { why };
    if ('why' in one) {
      collected.left.push({ name, why: one.why });
      continue;
    }
    collected.chunks.push(...one.chunks);
    collected.documents += 1;
    if (one.cut) collected.left.push({ name, why: 'has more tags than a page: its end was left out' });
  }
  return collected;
}

type Pieces = { chunks: Chunk[]; cut: boolean } | { why: string };

async function piecesOf(name: string, read: Place['read'], options: { apart: boolean }): Promise<Pieces> {
  const kind = kindOf(name);
  if (!kind) return { why: 'is no Markdown, text, HTML or PDF' };
  const bytes = await read(name);
  if (kind !== 'pdf') {
    const content = utf8(bytes);
    return content === undefined
      ? { why: 'is no UTF-8' }
      : found(chunksOf({ source: name, content }, options));
  }
  const policy = { types: ['pdf' as const], mostBytes: MOST_BYTES, mostPages: MOST_PAGES };
  const answer = await readApart(bytes, { policy });
  if ('refusal' in answer) return { why: `is not read: ${answer.refusal}` };
  const pages = answer.reading.pages.map(({ text }) => text);
  return found(chunksOf({ source: name, content: pages }, options));
}

function found(pieces: { chunks: Chunk[]; cut: boolean }): Pieces {
  return pieces.chunks.length === 0 ? { why: 'says nothing' } : pieces;
}

function utf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
