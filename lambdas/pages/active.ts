import { html, raw } from 'hono/html';

/**
 * Counts the seconds in which the page was visible, if scripts run: a tab in the background is not work.
 * Without scripts the time since the page was made is used, and the server never believes more than that. A
 * form that came back continues the count.
 */
export const ACTIVE_SCRIPT = `(()=>{let seen=1000*document.querySelector('input[name=active]')?.value||0,last=performance.now();
const tick=()=>{const now=performance.now();if(!document.hidden)seen+=now-last;last=now;
for(const field of document.querySelectorAll('input[name=active]'))field.value=(seen/1000).toFixed(1)};
document.addEventListener('visibilitychange',()=>{last=performance.now()});
setInterval(tick,500);addEventListener('submit',tick,true)})()`;

export const activeScript = () => html`${raw(`<script>${ACTIVE_SCRIPT}</script>`)}`;

/** Whole seconds of attention: what the page counted, within what is possible. */
export function activeSeconds(counted: string, openedAt: number, now: number): number {
  const elapsed = Math.max(0, (now - openedAt) / 1000);
  const seen = counted === '' ? Number.NaN : Number(counted);
  return Math.round(seen >= 0 ? Math.min(seen, elapsed) : elapsed);
}
