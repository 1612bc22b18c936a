import { html } from 'hono/html';
import type { ProposalDocument } from '../../../../contract/item/proposal-document.ts';
import type { AgentEnd, AgentTrace, Looked } from '../../../../contract/steps/agent.ts';
import { shownValues } from '../../../../gate/shows.ts';
import { shownText } from '../../../../kit/text.ts';
import type { Markup } from '../../../../pages/layout.ts';

/** Why an agent had to answer before it was done, for people. */
const ENDED: Record<AgentEnd, string> = {
  turns: 'it had looked up as often as it may',
  money: 'more would have cost more than it may spend',
  time: 'it had taken as long as it may',
  room: 'it had read as much as it may',
  loop: 'it asked for nothing new any more',
  unfit: 'what it had said was no answer',
};

/** What a model looked up by itself before it answered: whoever decides must see what the answer rests on, and what it tried. */
export function agentsPart({ agents = [] }: Pick<ProposalDocument, 'agents'>): Markup | string {
  if (agents.length === 0) return '';
  return html`<section class="agents" aria-labelledby="agents"><h2 id="agents">What the model looked up</h2>
${agents.map(agentPart)}</section>`;
}

function agentPart({ agent, looked, turns, ended }: AgentTrace): Markup {
  const list =
    looked.length > 0
      ? html`<ol>${looked.map(lineOf)}</ol>`
      : html`<p>Nothing: it answered with what it was given.</p>`;
  const asked = turns === 1 ? 'once' : `${turns} times`;
  const early = ended === undefined ? '' : ` It was told to answer: ${ENDED[ended]}.`;
  return html`<p class="soft">Step ${shownText(agent)}, asked ${asked}.${early}</p>${list}`;
}

function lineOf({ kind, of = '', asked, came, found }: Looked): Markup {
  if (came === 'refused') {
    return kind === undefined
      ? html`<li>Asked for something that it may not do: refused.</li>`
      : html`<li>Asked ${shownText(of)} again, or with values that it does not take: refused.</li>`;
  }
  const what = kind === 'search' ? 'Searched' : 'Looked up';
  const by = wordsOf(asked);
  return html`<li>${what} <b>${shownText(of)}</b>${by ? html` for <q>${by}</q>` : ''}${outcome(came)}${
    found === undefined
      ? ''
      : html`<details><summary>What it found</summary><blockquote>${shownText(found)}</blockquote></details>`
  }</li>`;
}

function outcome(came: Looked['came']): string {
  if (came === 'nothing') return ': there is no such thing.';
  return came === 'unavailable' ? ': it could not be asked.' : '.';
}

/** What was asked with; a single value needs no name. */
function wordsOf(asked: unknown): string {
  if (typeof asked !== 'object' || asked === null) return '';
  const values = shownValues({ parameters: { ...asked } });
  const [only] = values;
  if (values.length === 1 && only) return shownText(only.value);
  return shownText(values.map(({ name, value }) => `${name} ${value}`).join(', '));
}
