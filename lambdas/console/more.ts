import '#start';
import { auditsPages } from './audits/pages.ts';
import type { DeskContext } from './context.ts';
import { type Desk, operatePages } from './operate/pages.ts';
import { roomPages } from './rooms/pages.ts';
import { recordPages } from './views/pages.ts';

/** All pages but those on which people decide: a third of the code, which is read when the first of them is opened. */
export function morePages(context: DeskContext, desk: Desk): void {
  recordPages(context, desk);
  operatePages(context, desk);
  auditsPages(context, desk);
  roomPages(context, desk);
}
