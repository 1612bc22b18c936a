import type { Prepared, Received } from '../contract/item/envelope.ts';
import { htmlToText } from '../kit/html/html.ts';
import { type Context, prepareWith } from './item.ts';

/** As `prepareAny`, at once: for those who have read HTML all along, as tests and benches have. */
export function prepare<Body>(item: Received<Body>, context: Context): Prepared<Body> {
  return prepareWith(item, context, htmlToText);
}
