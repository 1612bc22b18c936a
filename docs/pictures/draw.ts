import { writeFileSync } from 'node:fs';
import { flow } from './flow.ts';
import { statuses } from './statuses.ts';

/** Every drawn picture and what draws it; a test holds the files to be what this writes. */
export const PICTURES = { 'flow.svg': flow, 'statuses.svg': statuses };

if (import.meta.main) {
  for (const [file, draw] of Object.entries(PICTURES)) writeFileSync(new URL(file, import.meta.url), draw());
}
