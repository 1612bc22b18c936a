import type { DocumentPolicy, Reading } from '../contract/document.ts';
import { readDocument } from './read-document.ts';
import type { Refusal } from './refusal.ts';

/* The process that a document may kill: `apart.ts` starts one for each document, and watches it. */

export interface Order {
  bytes: Uint8Array;
  policy: DocumentPolicy;
  pictures: boolean;
}

export type Told =
  | { kind: 'page'; page: number; all: number }
  | { kind: 'read'; reading: Reading }
  | { kind: 'picture'; page: number; png: Uint8Array }
  | { kind: 'refused'; refusal: Refusal }
  | { kind: 'done' };

process.once('message', (order: Order) => void read(order));

async function read({ bytes, policy, pictures }: Order): Promise<void> {
  const result = await readDocument(bytes, {
    policy,
    onPage: (page, all) => tell({ kind: 'page', page, all }),
  });
  if ('refusal' in result) {
    tell({ kind: 'refused', refusal: result.refusal });
    process.disconnect();
    return;
  }
  tell({ kind: 'read', reading: result.reading });
  for (let page = 1; pictures && page <= result.reading.pages.length; page += 1) {
    const png = await result.picture(page);
    if (png) tell({ kind: 'picture', page, png });
  }
  tell({ kind: 'done' });
  process.disconnect();
}

function tell(told: Told): void {
  process.send?.(told);
}
