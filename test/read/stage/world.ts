import type { DocumentPolicy, Reading } from '../../../lambdas/contract/document.ts';
import type { ItemRow } from '../../../lambdas/contract/item/row.ts';
import { clock } from '../../../lambdas/kit/clock.ts';
import type { readApart } from '../../../lambdas/read/apart.ts';
import type { Refusal } from '../../../lambdas/read/refusal.ts';
import { readRecord } from '../../../lambdas/read/stage/read.ts';
import { ENV, ID, itemRow, sqsRecord, stored } from '../../support/fixtures.ts';
import { time, world } from '../../support/world.ts';

/* An item whose documents wait to be read, and readers that answer as a test wants. */

export const POLICY: DocumentPolicy = { types: ['pdf', 'csv', 'text'], mostBytes: 1000, mostPages: 10 };

export const REFS = ['a', 'b', 'c'].map((letter) => `doc-${letter.repeat(32)}`);

/** Puts the item and its documents there, each with its bytes. */
export function arrived(files: string[] = ['%PDF one'], fields: Partial<ItemRow> = {}): void {
  const refs = REFS.slice(0, files.length);
  const documents = refs.map((ref, at) => ({
    ...{ ref, bytes: files[at]?.length ?? 0, type: 'pdf' as const, status: 'uploaded' as const },
  }));
  world.tables.put('items', { ...itemRow(), status: 'received', documents, unread: true, ...fields });
  for (const [at, ref] of refs.entries()) {
    const file = { bytes: Buffer.from(files[at] ?? ''), contentType: 'application/pdf', at: clock.now() };
    world.files.set(`uploads/documents/${ID}/${ref}`, file);
    world.files.set(`uploads/uploads/demo_upload/${ref}`, file);
  }
  const names = refs.map((ref) => ({ ref, name: `Secret ${ref.slice(4, 5)}.pdf` }));
  world.content.set(`bucket/items/${ID}/documents.json`, JSON.stringify(names));
}

/** What a reader makes of these bytes. */
export const readingOf = (bytes: Uint8Array, fields: Partial<Reading> = {}): Reading => ({
  type: 'pdf',
  pages: [
    {
      text: Buffer.from(bytes).toString(),
      words: [{ text: 'word', box: { x: 1, y: 2, width: 3, height: 4 }, confidence: 1 }],
      source: 'text',
    },
  ],
  suspicions: [],
  ...fields,
});

/** The heartbeat of the worker that began last. */
let alive: () => Promise<void> = async () => {};

/** So many seconds in which the worker lives. */
export async function lives(seconds: number): Promise<void> {
  for (let left = seconds; left > 0; left -= 20) {
    time.advance(20);
    await alive();
  }
}

export interface Reader {
  readApart: typeof readApart;
  /** What it was given, in order. */
  seen: string[];
}

type Answer = Partial<Reading> | Refusal | Error;

export function reader(how: (text: string) => Answer | Promise<Answer> = () => ({})): Reader {
  const made: Reader = {
    seen: [],
    async readApart(bytes, { onPicture }) {
      const text = Buffer.from(bytes).toString();
      made.seen.push(text);
      const answer = await how(text);
      if (answer instanceof Error) throw answer;
      if (typeof answer === 'string') return { refusal: answer };
      const reading = readingOf(bytes, answer);
      for (const at of reading.pages.keys()) await onPicture?.(at + 1, Buffer.from(`png ${at + 1}`));
      return { reading };
    },
  };
  return made;
}

export function read(by: Reader = reader(), receives = 1, message: object = {}): Promise<void> {
  return readRecord(sqsRecord({ itemId: ID, generation: 1, ...message }, receives), {
    env: ENV,
    automation: { name: 'demo', documents: POLICY },
    readApart: by.readApart,
    whileAlive: (beat) => {
      alive = beat;
    },
  });
}

export const item = () => stored();
export const told = () => item().timeline.map(({ event }) => event);
export const files = (prefix: string) =>
  [...world.files.keys()].filter((key) => key.startsWith(`uploads/${prefix}/`));
