import { html, raw } from 'hono/html';

type Markup = ReturnType<typeof html>;

/** What every mail of the house is made of; text and HTML say the same. */
export interface Parts {
  subject: string;
  /** The line that mailboxes show beside the subject, on a lock screen too: nothing of the item. */
  preheader: string;
  /** A sentence above the title: who writes, and why to this person. */
  opening: string;
  title: string;
  /** A warning below the title. */
  warning?: string | undefined;
  /** Values and lists, in this order. */
  blocks: readonly Block[];
  button: { words: string; url: string };
  /** Small print below the button. */
  foot: readonly string[];
}

export interface Block {
  heading: string;
  lines: readonly (string | readonly [label: string, value: string])[];
}

export interface Mail {
  subject: string;
  text: string;
  html: string;
}

export async function compose(parts: Parts): Promise<Mail> {
  return { subject: parts.subject, text: textOf(parts), html: String(await htmlOf(parts)) };
}

function textOf({ opening, title, warning, blocks, button, foot }: Parts): string {
  return [
    ...[opening, '', title],
    ...(warning ? ['', `! ${warning}`] : []),
    ...blocks.flatMap(({ heading, lines }) => [
      ...['', heading],
      ...lines.map((line) => (typeof line === 'string' ? `- ${line}` : `  ${line[0]}: ${line[1]}`)),
    ]),
    ...['', `${button.words}: ${button.url}`, ''],
    ...foot,
  ].join('\n');
}

/* Mail programs drop style sheets, or keep them and are dark: colours stand in both places. */
const INK = '#1b2430';
const SOFT = '#55606f';
const CELL = `padding:0 0 12px;font:16px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif;color:${INK}`;
const SMALL = `${CELL};font-size:14px;color:${SOFT}`;

const STYLE = `:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (prefers-color-scheme:dark){.ground{background:#10151c!important}.paper{background:#1a212b!important}
.ink{color:#e8ecf1!important}.soft{color:#a9b4c2!important}.line{border-color:#e8ecf1!important}
.go{background:#86efac!important;color:#10151c!important}.warn{color:#fca5a5!important;border-color:#fca5a5!important}}
@media (max-width:480px){.ground{padding:0!important}.paper{border-radius:0!important;padding:20px!important}}`;

/** Invisible: without them the mailbox would fill its preview with the first words of the mail. */
const FILL = '&#847;&zwnj;&nbsp;'.repeat(90);

function htmlOf({ subject, preheader, opening, title, warning, blocks, button, foot }: Parts): Markup {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<title>${subject}</title>${raw(`<style>${STYLE}</style>`)}</head>
<body class="ground" style="margin:0;background:#f2f4f7;padding:24px">
<div style="display:none;max-height:0;overflow:hidden">${preheader}${raw(FILL)}</div>
<table role="presentation" class="paper" style="max-width:560px;margin:0 auto;background:#fff;border-radius:8px;padding:28px;width:100%">
<tr><td class="soft" style="${SMALL}">${opening}</td></tr>
<tr><td style="${CELL}"><h1 class="ink" style="margin:0;font-size:22px;line-height:1.3;color:${INK};overflow-wrap:anywhere">${title}</h1></td></tr>
${warning ? html`<tr><td style="${CELL}"><div class="warn" style="border:3px double #7f1d1d;padding:10px 14px;color:#7f1d1d;font-weight:600">${warning}</div></td></tr>` : ''}
${blocks.map(blockOf)}<tr><td style="padding:12px 0 20px"><a class="go" href="${button.url}" style="display:inline-block;background:#14532d;color:#fff;
font:600 16px system-ui,sans-serif;padding:14px 22px;border-radius:6px;text-decoration:none">${button.words}</a></td></tr>
<tr><td class="soft" style="${SMALL}">${foot.map((line) => html`<p style="margin:0 0 6px">${line}</p>`)}</td></tr>
</table></body></html>`;
}

function blockOf({ heading, lines }: Block): Markup {
  return html`<tr><td class="ink line" style="${CELL}"><h2 class="soft" style="margin:0 0 4px;font-size:14px;font-weight:600;color:${SOFT}">${heading}</h2>
${lines.map(lineOf)}</td></tr>
`;
}

function lineOf(line: Block['lines'][number]): Markup {
  return typeof line === 'string'
    ? html`<p style="margin:0 0 4px;overflow-wrap:anywhere">• ${line}</p>`
    : html`<p style="margin:0 0 4px;overflow-wrap:anywhere"><strong>${line[0]}:</strong> ${line[1]}</p>`;
}
