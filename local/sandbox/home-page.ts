import { MODES } from './model.ts';
import { escapeHtml, layout } from './page.ts';

export interface HomeFacts {
  url: string;
  mails: number | undefined;
  models: readonly { room: string; calls: number; mode: string }[];
  destinations: readonly { name: string; calls: number; duplicates: number; mode: string }[];
}

export function homePage(facts: HomeFacts): string {
  const url = escapeHtml(facts.url);
  const mails =
    facts.mails === undefined ? 'The local engine does not answer.' : `<b>${facts.mails}</b> sent so far.`;
  const main = `<main id="main" class="home">
<h1>What the outside world looks like here</h1>
<p>The sandbox stands in for everything outside Signalbox on this machine: the approvers' mailboxes, the model server, and the
systems that actions are sent to. Nothing leaves this machine: no real mail, no real model, no real money.</p>
<div class="cards">
<section class="card"><h2><a href="/inbox">Inbox</a></h2><p>Mails that approvers and operators would get.</p><p>${mails}</p></section>
${facts.models.filter(isInUse).map(modelCard).join('\n')}
${facts.destinations.map(destinationCard).join('\n')}
</div>
<h2>Break something</h2>
<p>Each fault ends by itself after its seconds, or with the mode <code>ok</code>.</p>
<pre class="shell" tabindex="0">curl -d '{"mode":"down","seconds":60}' ${url}/model/faults
curl -d '{"mode":"down","seconds":60}' ${url}/destinations/refund-ledger/faults</pre>
<p>The model can be ${MODES.map((it) => `<code>${it}</code>`).join(', ')}; a destination <code>ok</code>,
<code>down</code> or <code>refuse</code>.</p>
</main>`;
  return layout({ title: 'Home', at: 'home', main });
}

/** The second server is there for those who configured it. */
function isInUse({ room, calls }: HomeFacts['models'][number]): boolean {
  return room === 'model' || calls > 0;
}

function modelCard({ room, calls, mode: now }: HomeFacts['models'][number]): string {
  const title = room === 'model' ? 'Model' : 'Second model';
  return `<section class="card"><h2><a href="/${room}/calls">${title}</a></h2><p>Answers like an OpenAI server, by fixed rules.</p>
<p><b>${calls}</b> calls. ${mode(now)}</p></section>`;
}

function destinationCard({ name, calls, duplicates, mode: now }: HomeFacts['destinations'][number]): string {
  const repeated = duplicates === 0 ? 'none repeated' : `<span class="bad">${duplicates} repeated</span>`;
  return `<section class="card"><h2><a href="/destinations/${escapeHtml(name)}/calls">${escapeHtml(name)}</a></h2>
<p>A destination of actions.</p><p><b>${calls}</b> calls, ${repeated}. ${mode(now)}</p></section>`;
}

function mode(name: string): string {
  return name === 'ok' ? 'Working.' : `<span class="bad">Fault: ${escapeHtml(name)}</span>`;
}
