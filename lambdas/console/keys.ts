import { html, raw } from 'hono/html';
import type { Markup } from '../pages/layout.ts';

/** A cookie: `off` if the person switched the shortcuts off (WCAG 2.1.4). */
export const KEYS_COOKIE = 'signalbox-keys';

export const KEYS: readonly { key: string; does: string }[] = [
  { key: 'j', does: 'next approval in the list' },
  { key: 'k', does: 'previous approval in the list' },
  { key: 'Enter', does: 'open the approval, or press the button, that has the focus' },
  { key: 'a', does: 'go to the button Approve without pressing it' },
  { key: 'e', does: 'go to the first editable value' },
  { key: 'r', does: 'go to the reason; if a reason is given, to the button Reject' },
  { key: 'c', does: 'claim the approval: lock it for others' },
  { key: 'u', does: 'undo the decision, if still possible' },
  { key: 'Esc', does: 'leave a field, so that the keys work again' },
  { key: '?', does: 'show this list' },
];

/** Keys move the focus; the only forms they send decide nothing. Typing and the browser's keys go first. */
export const KEYS_SCRIPT = `(()=>{
const all=selector=>[...document.querySelectorAll(selector)],one=selector=>document.querySelector(selector);
const go=element=>{if(!element)return;element.focus();element.scrollIntoView({block:'nearest'})};
const step=by=>{const rows=all('a.row-link');const at=rows.indexOf(document.activeElement);
go(rows[at<0?(by>0?0:rows.length-1):Math.min(rows.length-1,Math.max(0,at+by))])};
const button=value=>one('button[name=decision][value='+value+']');
const press=value=>{const it=button(value);if(it)it.form.requestSubmit(it)};
const help=one('#keys');
const does={j:()=>step(1),k:()=>step(-1),a:()=>go(button('approve')),c:()=>press('claim'),u:()=>press('undo'),
e:()=>{const edits=one('main form details.edits');if(edits){edits.open=true;go(edits.querySelector('input,select,textarea'))}},
r:()=>{const reason=one('#comment');go(reason&&reason.value.trim()?button('reject'):reason)},
'?':()=>help.showModal()};
addEventListener('keydown',event=>{
if(event.ctrlKey||event.metaKey||event.altKey||event.isComposing||event.defaultPrevented||help.open)return;
const typing=event.target.closest&&event.target.closest('input,textarea,select,[contenteditable]');
if(typing){if(event.key==='Escape')typing.blur();return}
const act=Object.hasOwn(does,event.key)&&does[event.key];
if(!act||event.repeat&&act!==does.j&&act!==does.k)return;
event.preventDefault();act()});
const opener=one('#keys-open');opener.hidden=false;opener.addEventListener('click',()=>help.showModal());
})()`;

/** The script, its list of keys, and a button for people who do not know `?`; the button needs the script. */
export function keysPart(): Markup {
  return html`<p class="keys-hint"><button class="link" id="keys-open" type="button" hidden>Keyboard shortcuts</button></p>
<dialog id="keys" aria-labelledby="keys-title"><h2 id="keys-title">Keyboard shortcuts</h2>
${keysTable()}
<p class="soft">Switch them off under Me.</p>
<form method="dialog"><button class="plain">Close</button></form></dialog>
${raw(`<script>${KEYS_SCRIPT}</script>`)}`;
}

export function keysTable(): Markup {
  return html`<table class="keys"><caption class="quiet">Keys and what they do</caption>
<thead><tr><th scope="col">Key</th><th scope="col">What it does</th></tr></thead>
<tbody>${KEYS.map(({ key, does }) => html`<tr><th scope="row"><kbd>${key}</kbd></th><td>${does}</td></tr>`)}</tbody></table>`;
}
