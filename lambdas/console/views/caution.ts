import { html } from 'hono/html';
import type { Form } from '../../approve/channels/page/proof.ts';
import type { Automation } from '../../contract/automation.ts';
import { isBlank } from '../../kit/text.ts';
import type { Markup } from '../../pages/layout.ts';
import { type CautionView, cautionView, readCaution } from '../../tables/control/caution.ts';
import type { DeskContext } from '../context.ts';
import type { Screen } from '../frame.ts';
import { press } from '../operate/press.ts';
import type { Person } from '../sign-in/identity.ts';
import { address } from '../site.ts';
import { option, timeMark } from '../words.ts';

/** What a form changed, in words, or what is wrong with it; then the automation, and what was typed. */
export interface CautionNews {
  told?: string;
  fault?: string;
  at?: string;
  reason?: string;
}

const MOST_CHARACTERS = 300;
const EVERYTHING = 'everything';

/** Each automation, and what an operator makes it ask a person about. */
export async function cautionScreen(
  context: DeskContext,
  nonce: unknown,
  news: CautionNews = {},
): Promise<Screen> {
  const { env, declarations } = context;
  const views = await Promise.all(
    declarations.map(async (automation) => ({
      automation,
      view: cautionView(await readCaution(env.CONTROL_TABLE, automation.name), true),
    })),
  );
  const title = news.fault ? 'Nothing was changed' : 'Caution';
  const body = html`<h1>Caution</h1>
<p>From the next gate on, what you add here asks a person instead of acting alone. Items that have their verdict are not affected.</p>
${news.fault ? html`<p class="fault" role="alert">${news.fault}</p>` : ''}
${news.told ? html`<p class="note" role="status">${news.told}</p>` : ''}
<div class="cols">${views.map(({ automation, view }) => part(context, automation, view, nonce, news))}</div>`;
  return { status: news.fault ? 400 : 200, title, body, at: 'caution', wide: true };
}

function part(
  { site }: DeskContext,
  { name, actions, labels }: Automation,
  view: CautionView,
  nonce: unknown,
  { at, reason = '' }: CautionNews,
): Markup {
  const choices = [EVERYTHING, ...Object.keys(actions).map(actionOf), ...labels.map(labelOf)];
  const id = `reason-${name}`;
  return html`<section class="panel" aria-labelledby="${name}"><h2 id="${name}">${name}</h2>
<p>${view.on ? html`<b class="consequential">Asks a person</b> about:` : 'Acts alone where its gate allows it.'}</p>
${
  view.notes && view.notes.length > 0
    ? html`<ul>${view.notes.map((note) => html`<li><b>${note.of}</b>: “${note.reason}” <span class="soft">${note.by}, ${timeMark(note.at)}</span></li>`)}</ul>`
    : ''
}
<form method="post" action="${address(site, '/console/caution')}">${nonce}
<input type="hidden" name="automation" value="${name}">
<div class="fields"><div><label for="of-${name}">What</label><select id="of-${name}" name="of">${choices.map((it) => option(it, it, ''))}</select></div>
<div><label for="${id}">Why</label><input id="${id}" name="reason" maxlength="${MOST_CHARACTERS}" autocomplete="off" required value="${at === name ? reason : ''}"></div></div>
<div class="buttons"><button class="reject" name="what" value="on">Ask a person</button>
${view.on ? html`<button class="plain" name="what" value="off">Let it act alone</button>` : ''}</div>
</form></section>`;
}

const actionOf = (name: string) => `action ${name}`;
const labelOf = (name: string) => `label ${name}`;

/** Makes the automation ask a person about what the form names, or stops that. */
export async function changeCaution(context: DeskContext, person: Person, form: Form): Promise<CautionNews> {
  const [what, of, reason = ''] = [form.field('what'), form.field('of') ?? '', form.field('reason')?.trim()];
  const automation = context.declarations.find(({ name }) => name === form.field('automation'));
  if (!automation || (what !== 'on' && what !== 'off')) return { fault: 'Please choose what asks a person.' };
  const at = { at: automation.name, reason };
  const actions = Object.keys(automation.actions).filter((name) => actionOf(name) === of);
  const labels = automation.labels.filter((name) => labelOf(name) === of);
  if (of !== EVERYTHING && actions.length + labels.length !== 1)
    return { ...at, fault: 'Please choose what asks a person.' };
  if (reason.length < 3 || isBlank(reason) || reason.length > MOST_CHARACTERS)
    return { ...at, fault: `Please say why, in 3 to ${MOST_CHARACTERS} characters.` };
  const { name } = automation;
  const body = { on: what === 'on', ...named('actions', actions), ...named('labels', labels), reason };
  const pressed = await press(context, person, {
    ...{ at: 'POST /v1/automations/{name}/caution', params: { name }, body },
  });
  if ('fault' in pressed) return { ...at, fault: pressed.fault };
  return {
    told:
      what === 'on'
        ? `From now on ${name} asks a person: ${of}.`
        : `${name}: ${of === EVERYTHING ? 'nothing asks a person by command any more' : `${of} no longer asks a person by name`}.`,
  };
}

/** Naming none means everything. */
function named(field: string, names: readonly string[]): Readonly<Record<string, readonly string[]>> {
  return names.length > 0 ? { [field]: names } : {};
}
