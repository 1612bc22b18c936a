import { html, raw } from 'hono/html';
import type { Decision } from './decide.ts';
import type { Line } from './gathered.ts';
import type { Report, Section } from './report.ts';
import { headline, rowsOf } from './rows.ts';
import type { Summary } from './summary.ts';
import { isBusy, quietOnes, reportText, titleOf } from './text.ts';
import { whole } from './words.ts';

type Markup = ReturnType<typeof html>;

export interface ReportMail {
  subject: string;
  text: string;
  html: string;
}

/** @param base the address before the console's paths */
export async function reportMail(report: Report, base: string): Promise<ReportMail> {
  const open = report.automations.reduce((sum, { decide }) => sum + decide.length, 0);
  const decisions = open === 0 ? 'nothing to decide' : `${open} to decide`;
  return {
    subject: `Signalbox, week ${report.week}: ${whole(report.all.now.done)} done, ${decisions}`,
    text: `${reportText(report, base)}\n\nThe whole report: ${pageOf(report, base)}\n`,
    html: String(await htmlOf(report, base, decisions)),
  };
}

function pageOf({ week }: Report, base: string): string {
  return `${base}/console/report?week=${week}`;
}

/* Mail programs drop style sheets, or keep them and are dark: colours stand in both places. Bars are cells of tables, which all show. */
const INK = '#1b2430';
const SOFT = '#55606f';
const FONT = "system-ui,-apple-system,'Segoe UI',sans-serif";
const CELL = `padding:0 0 12px;font:16px/1.5 ${FONT};color:${INK}`;
const SMALL = `font:14px/1.5 ${FONT};color:${SOFT}`;
const NUMBER = `padding:4px 0 4px 12px;font:14px/1.4 ${FONT};color:${INK};text-align:right;white-space:nowrap`;

const STYLE = `:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (prefers-color-scheme:dark){.ground{background:#10151c!important}.paper{background:#1a212b!important}
.ink{color:#e8ecf1!important}.soft{color:#a9b4c2!important}.line{border-color:#3a4450!important}.link{color:#9cc5ff!important}
.go{background:#86efac!important;color:#10151c!important}.done{background:#5fc795!important}.ended{background:#8e9aa8!important}.stopped{background:#f08a80!important}}
@media (max-width:480px){.ground{padding:0!important}.paper{border-radius:0!important;padding:12px!important}
.number{font-size:12px!important;padding-left:6px!important}.name{padding-left:0!important;white-space:normal!important}.of{width:90px!important;font-size:12px!important;white-space:normal!important}}`;

function htmlOf(report: Report, base: string, decisions: string): Markup {
  const { automations, all } = report;
  const quiet = quietOnes(automations);
  const title = titleOf(report);
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<title>${title}</title>${raw(`<style>${STYLE}</style>`)}</head>
<body class="ground" style="margin:0;background:#f2f4f7;padding:24px">
<div style="display:none;max-height:0;overflow:hidden">${headline(all.now)}, ${decisions}.</div>
<table role="presentation" class="paper" style="max-width:640px;margin:0 auto;background:#fff;border-radius:8px;padding:28px;width:100%">
<tr><td class="soft" style="${SMALL}">How the automations went</td></tr>
<tr><td style="${CELL}"><h1 class="ink" style="margin:0;font-size:22px;line-height:1.3;color:${INK}">${title}</h1></td></tr>
<tr><td class="ink" style="${CELL}">${headline(all.now)}; ${decisions}.</td></tr>
<tr><td style="padding:0 0 8px">${tablePart('All automations', all.now, all.before)}</td></tr>
<tr><td style="padding:8px 0 12px"><a class="go" href="${pageOf(report, base)}" style="display:inline-block;background:#14532d;color:#fff;font:600 16px ${FONT};padding:14px 22px;border-radius:6px;text-decoration:none">Open the report</a></td></tr>
${automations.filter(isBusy).map((it) => sectionPart(it, base))}
${quiet.length > 0 ? html`<tr><td class="soft" style="${SMALL};padding:12px 0 0">Nothing happened in ${quiet.join(', ')}.</td></tr>` : ''}
<tr><td class="soft" style="${SMALL};padding:16px 0 0">Figures are of groups and automations, never of a person. They hold no words of any item.</td></tr>
</table></body></html>`;
}

function sectionPart(section: Section, base: string): Markup {
  const { automation, purpose, now, before, broke, learnt, decide } = section;
  return html`<tr><td class="line" style="padding:20px 0 0;border-top:1px solid #d8dde4">
<h2 class="ink" style="margin:0;font:600 18px/1.3 ${FONT};color:${INK}"><a class="link" href="${base}/console/automations/${automation}" style="color:#1d4f91">${automation}</a></h2>
<p class="soft" style="${SMALL};margin:2px 0 10px">${purpose}</p>
${linesPart('To decide', decide, base)}
${barsPart(section)}
${tablePart(automation, now, before)}
${linesPart('What broke', broke, base)}${linesPart('What was learnt', learnt, base)}</td></tr>
`;
}

function linesPart(title: string, lines: readonly (Line | Decision)[], base: string): Markup | string {
  if (lines.length === 0) return '';
  return html`<h3 class="soft" style="margin:12px 0 2px;font:600 14px ${FONT};color:${SOFT}">${title}</h3>
<ul style="margin:0 0 10px;padding-left:20px">${lines.map(
    ({ words, link }) =>
      html`<li class="ink" style="font:15px/1.5 ${FONT};color:${INK};overflow-wrap:anywhere">${link ? html`<a class="link" href="${base}${link}" style="color:#1d4f91">${words}</a>` : words}</li>`,
  )}</ul>`;
}

const KINDS = [
  ['done', '#2b7a57'],
  ['ended', '#77828f'],
  ['stopped', '#b0392b'],
] as const;

/** Each day's items as a bar: what was done, what ended otherwise, what came to rest. */
function barsPart({ days, automation }: Section): Markup | string {
  const most = Math.max(0, ...days.map(({ done, ended, stopped }) => done + ended + stopped));
  if (most === 0) return '';
  return html`<table style="width:100%;border-collapse:collapse;margin:6px 0" aria-label="Items of ${automation} by day"><tbody>${days.map(
    (
      day,
    ) => html`<tr><th scope="row" class="soft" style="${SMALL};font-weight:400;text-align:left;width:52px;white-space:nowrap;padding:2px 8px 2px 0">${day.day.slice(5)}</th>
<td style="padding:2px 0"><table role="presentation" style="border-collapse:collapse;width:100%"><tr>${KINDS.map(
      ([kind, colour]) =>
        day[kind] === 0
          ? ''
          : html`<td class="${kind}" bgcolor="${colour}" style="background:${colour};height:14px;width:${share(day[kind], most)};font-size:1px;line-height:1px">&nbsp;</td>`,
    )}<td style="font-size:1px">&nbsp;</td></tr></table></td>
<td class="soft of" style="${SMALL};width:170px;text-align:right;white-space:nowrap;padding:2px 0 2px 8px">${wordsOf(day)}</td></tr>`,
  )}</tbody></table>`;
}

function share(value: number, most: number): string {
  return `${Math.max(1, Math.round((98 * value) / most))}%`;
}

function wordsOf({ done, ended, stopped }: Section['days'][number]): string {
  const all = done + ended + stopped;
  return `${whole(done)} of ${whole(all)} done${stopped > 0 ? `, ${whole(stopped)} at rest` : ''}`;
}

function tablePart(caption: string, now: Summary, before: Summary): Markup {
  const head = `${SMALL};font-weight:400;text-align:right;padding:0 0 2px 12px`;
  return html`<table style="width:100%;border-collapse:collapse;margin:0 0 10px" aria-label="${caption}, in figures"><thead><tr>
<th scope="col" class="soft" style="${head};text-align:left;padding-left:0">Figure</th><th scope="col" class="soft number" style="${head}">Week</th>
<th scope="col" class="soft number" style="${head}">Before</th><th scope="col" class="soft number" style="${head}">Change</th></tr></thead>
<tbody>${rowsOf(now, before).map(
    ({
      name,
      now: is,
      before: was,
      change,
      note,
    }) => html`<tr><th scope="row" class="ink line number name" style="${NUMBER};text-align:left;padding-left:0;font-weight:400;border-top:1px solid #d8dde4">${name}${note ? html`<br><span class="soft" style="${SMALL};white-space:normal">${note}</span>` : ''}</th>
<td class="ink line number" style="${NUMBER};font-weight:600;border-top:1px solid #d8dde4">${is}</td><td class="soft line number" style="${NUMBER};color:${SOFT};border-top:1px solid #d8dde4">${was}</td>
<td class="ink line number" style="${NUMBER};border-top:1px solid #d8dde4">${change}</td></tr>`,
  )}</tbody></table>`;
}
