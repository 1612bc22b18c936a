import { html, raw } from 'hono/html';
import type { ApprovalSettings } from '../contract/approval-settings.ts';

/** How a time is written. */
export interface Written {
  /** Time zone of the people who read it, such as `Europe/Berlin`: their time comes first, UTC behind it. */
  zone?: string | undefined;
  /** To the second. @default to the minute */
  seconds?: boolean;
}

/** Milliseconds since 1970, or an ISO time: `2026-12-01 09:30 UTC`, `2026-12-01 10:30 Europe/Berlin (09:30 UTC)`. */
export function shownTime(at: number | string, { zone, seconds = false }: Written = {}): string {
  const length = seconds ? 19 : 16;
  const utc = new Date(at).toISOString().slice(0, length).replace('T', ' ');
  if (!zone || zone === 'UTC') return `${utc} UTC`;
  const local = localTime(at, zone).slice(0, length);
  const [day = '', time = ''] = utc.split(' ');
  return `${local} ${zone} (${local.startsWith(day) ? time : utc} UTC)`;
}

/** The same for a page: machines and `LOCAL_TIME_SCRIPT` find the exact moment in it. */
export function timeMark(at: number | string, written: Written = {}) {
  return html`<time datetime="${new Date(at).toISOString()}">${shownTime(at, written)}</time>`;
}

/** Time zone of a calendar of the configuration. */
export function zoneOf({ calendars }: ApprovalSettings, calendar: string | undefined): string | undefined {
  return calendar === undefined ? undefined : calendars[calendar]?.timeZone;
}

function localTime(at: number | string, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' },
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
  }).formatToParts(new Date(at));
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((it) => it.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}:${part('second')}`;
}

/**
 * Adds the browser's own time to every time on the page, unless it is written there already. Without scripts the page
 * says it in UTC and, where the approval has a calendar, in the calendar's zone.
 */
export const LOCAL_TIME_SCRIPT = `(()=>{const two=number=>String(number).padStart(2,'0');
for(const it of document.querySelectorAll('time[datetime]')){
const at=new Date(it.dateTime),text=it.textContent;if(isNaN(at)||!text.includes('UTC'))continue;
const day=at.getFullYear()+'-'+two(at.getMonth()+1)+'-'+two(at.getDate());
const seconds=/\\d:\\d\\d:\\d\\d/.test(text)?':'+two(at.getSeconds()):'';
const time=two(at.getHours())+':'+two(at.getMinutes())+seconds;
const same=day===at.toISOString().slice(0,10);
if(text.includes(time)&&(same||text.includes(day)))continue;
it.append(', '+(same||text.includes(day)?'':day+' ')+time+' your time')}})()`;

export const localTimeScript = () => html`${raw(`<script>${LOCAL_TIME_SCRIPT}</script>`)}`;
