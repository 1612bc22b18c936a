/** Text as HTML text or attribute value. */
export function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/**
 * Plain text as HTML with its web addresses as links; closing punctuation belongs to the sentence, not to the
 * address.
 */
export function linkify(text: string): string {
  const parts = text.split(/(https?:\/\/[^\s<>"']+)/);
  return parts
    .map((part, at) => {
      if (at % 2 === 0) return escapeHtml(part);
      const address = part.replace(/[).,;:!?\]]+$/, '');
      const rest = part.slice(address.length);
      return `<a href="${escapeHtml(address)}" target="_blank" rel="noopener">${escapeHtml(address)}</a>${escapeHtml(rest)}`;
    })
    .join('');
}

/** A moment as `<time>`, in the time zone of this machine. */
export function moment(iso: string): string {
  const shown = new Date(iso).toLocaleString('en-GB', {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });
  return `<time datetime="${escapeHtml(iso)}">${escapeHtml(shown)}</time>`;
}

export interface Page {
  title: string;
  /** Which link of the bar is the current page. */
  at: 'home' | 'inbox' | 'slack';
  bodyClass?: string;
  main: string;
}

export function layout({ title, at, bodyClass = '', main }: Page): string {
  const link = (name: Page['at'], href: string, text: string) =>
    `<a href="${href}"${name === at ? ' aria-current="page"' : ''}>${text}</a>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} · Signalbox sandbox</title>
<style>${STYLE}</style>
</head>
<body class="${bodyClass}">
<a class="skip" href="#main">Skip to content</a>
<header class="bar">
<span class="brand"><span class="signal" aria-hidden="true"></span>Signalbox sandbox</span>
<nav aria-label="Sandbox">${link('home', '/', 'Home')}${link('inbox', '/inbox', 'Inbox')}${link('slack', '/slack', 'Slack')}</nav>
<span class="notice">no real mail, no real model, no real money</span>
</header>
${main}
</body>
</html>
`;
}

const STYLE = `
:root { color-scheme: light dark;
  --ground: light-dark(#f4f5f7, #14171c); --paper: light-dark(#fff, #1d2128); --ink: light-dark(#1b2330, #e7eaf0);
  --soft: light-dark(#576074, #a3adbd); --line: light-dark(#dde1e8, #323945); --accent: light-dark(#17558f, #86bdf5);
  --picked: light-dark(#e6eff9, #22344a); --warn: light-dark(#7a4b00, #f2c373); --warn-ground: light-dark(#fff3dc, #3a2d16);
  --button-ink: light-dark(#fff, #0d1b2a); }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, 'Segoe UI', sans-serif; }
a { color: var(--accent); }
a:focus-visible, summary:focus-visible, iframe:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
h1, h2 { line-height: 1.25; margin: 0; text-wrap: balance; overflow-wrap: anywhere; }
.skip { position: absolute; left: -999px; } .skip:focus { left: 1rem; top: .5rem; background: var(--paper); padding: .4rem .8rem; z-index: 1; }
.bar { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem 1.25rem; padding: .7rem 1.25rem; background: var(--paper); border-bottom: 1px solid var(--line); }
.brand { font-weight: 650; display: inline-flex; align-items: center; gap: .55rem; }
.signal { width: .5rem; height: 1.3rem; border-radius: 1rem; border: 1px solid var(--soft);
  background: radial-gradient(circle at 50% 27%, #d64545 0 27%, transparent 30%), radial-gradient(circle at 50% 73%, #2f9e62 0 27%, transparent 30%); }
.bar nav { display: flex; gap: .25rem; } .bar nav a { padding: .3rem .7rem; border-radius: 6px; text-decoration: none; }
.bar nav a:hover { text-decoration: underline; } .bar nav a[aria-current] { background: var(--picked); font-weight: 600; color: var(--ink); }
.notice { margin-left: auto; font-size: .85rem; color: var(--warn); background: var(--warn-ground); padding: .15rem .65rem; border-radius: 1rem; }
.button { display: inline-block; background: var(--accent); color: var(--button-ink); font-weight: 600; text-decoration: none; padding: .6rem 1.1rem; border-radius: 8px; }
.button:hover { text-decoration: underline; }
.empty { padding: 2.5rem 1.5rem; color: var(--soft); max-width: 40rem; }
.inbox { display: grid; grid-template-columns: minmax(17rem, 24rem) minmax(0, 1fr); align-items: start; }
.list { border-right: 1px solid var(--line); background: var(--paper); }
.list header { display: flex; justify-content: space-between; align-items: baseline; padding: 1rem 1.25rem .6rem; }
.list h1 { font-size: 1.15rem; } .list ol { list-style: none; margin: 0; padding: 0; }
.list li a { display: block; padding: .75rem 1.25rem; text-decoration: none; color: inherit; border-top: 1px solid var(--line); border-left: 4px solid transparent; }
.list li a:hover { background: var(--ground); } .list li a[aria-current] { background: var(--picked); border-left-color: var(--accent); }
.list .row { display: flex; justify-content: space-between; gap: 1rem; font-size: .85rem; color: var(--soft); }
.list .row span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; } .list time { white-space: nowrap; font-variant-numeric: tabular-nums; }
.list strong { display: -webkit-box; -webkit-line-clamp: 3; -webkit-box-orient: vertical; overflow: hidden; font-weight: 600; overflow-wrap: anywhere; }
.mail { padding: 1.5rem clamp(1rem, 3vw, 2.5rem); max-width: 60rem; } .mail h2 { font-size: 1.45rem; }
.mail dl { display: grid; grid-template-columns: auto 1fr; gap: .1rem .9rem; margin: .8rem 0 1.2rem; font-size: .95rem; }
.mail dt { color: var(--soft); } .mail dd { margin: 0; overflow-wrap: anywhere; }
.mail .text { background: var(--paper); border: 1px solid var(--line); border-radius: 10px; padding: 1.25rem; margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; }
.mail iframe { display: block; width: 100%; border: 1px solid var(--line); border-radius: 10px; background: #fff; color-scheme: light; }
.mail details { margin-top: 1rem; } .mail summary { cursor: pointer; color: var(--accent); padding: .3rem 0; width: fit-content; }
.mail .act { margin: 0 0 1.2rem; } .back { display: none; margin: 0 0 1rem; }
.home { max-width: 62rem; margin: 0 auto; padding: 2rem 1.25rem 3rem; } .home h1 { font-size: 1.8rem; } .home > p { color: var(--soft); max-width: 44rem; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 1rem; margin: 1.5rem 0; }
.card { background: var(--paper); border: 1px solid var(--line); border-radius: 12px; padding: 1.1rem 1.25rem; }
.card h2 { font-size: 1.05rem; } .card p { margin: .4rem 0; color: var(--soft); } .card b { color: var(--ink); font-variant-numeric: tabular-nums; }
.card .bad { color: var(--warn); background: var(--warn-ground); padding: 0 .5rem; border-radius: 1rem; }
pre.shell { background: var(--paper); border: 1px solid var(--line); border-radius: 10px; padding: 1rem; overflow-x: auto; font: .85rem/1.6 ui-monospace, monospace; }
@media (min-width: 52.01rem) {
  body:has(.inbox) { height: 100vh; height: 100dvh; display: grid; grid-template-rows: auto minmax(0, 1fr); }
  .inbox { align-items: stretch; min-height: 0; } .list, .mail { overflow: auto; } .list li { scroll-margin-top: 4rem; }
}
@media (max-width: 52rem) {
  .inbox { display: block; } .list { border-right: 0; } .unpicked .list li a { background: none; border-left-color: transparent; } .list li a { padding: .9rem 1.25rem; }
  .picked .list, .unpicked .mail { display: none; } .back { display: block; } .notice { margin-left: 0; }
}
`;
