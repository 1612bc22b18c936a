import { bodyLimit } from 'hono/body-limit';
import { layout, toResponse } from '../../../pages/layout.ts';
import { largeFormSheet } from './closed.ts';

/** More than a person types; small enough to be shown again, escaped, in an answer of 6 MB at most. */
const MOST_FORM_BYTES = 900_000;

export function boundedForms() {
  return bodyLimit({
    maxSize: MOST_FORM_BYTES,
    onError: async () => {
      const sheet = largeFormSheet();
      return toResponse(await layout(sheet), sheet.status);
    },
  });
}
