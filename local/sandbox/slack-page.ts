import { isObject } from './brain-schema.ts';
import { escapeHtml, layout, moment } from './page.ts';
import { type Block, type Message, nameOf, type Response } from './slack-store.ts';

/**
 * The direct messages, newest first, as a page that works without scripts; its buttons do what Slack's do.
 */
export function slackPage(messages: readonly Message[], responses: readonly Response[]): string {
  const articles = messages
    .toReversed()
    .map((message) => article(message, responses.filter(({ to }) => to === nameOf(message)).toReversed()));
  const main = `<main id="main" class="home">
<h1>${messages.length} ${messages.length === 1 ? 'message' : 'messages'} in Slack</h1>
<p>Messages that approvers would get from the app, and what actions post in channels. The buttons send what Slack would send, signed with this machine's own
secret. <a href="/slack">Refresh</a></p>
${articles.join('\n') || '<p>When an item needs a person who has a Slack member id, the message appears here.</p>'}
</main>`;
  return layout({ title: 'Slack', at: 'slack', main }).replace('</style>', `${STYLE}</style>`);
}

const STYLE = `.message { margin: 1rem 0; } .message p { white-space: pre-wrap; overflow-wrap: anywhere; color: inherit; }
.message label { display: block; font-weight: 600; } .message textarea { width: 100%; font: inherit; min-height: 3rem; }
.message .button { border: 0; font: inherit; font-weight: 600; cursor: pointer; margin: .6rem .4rem 0 0; min-height: 2.5rem; }
.message .small { font-size: .9rem; } .message .answer { border-left: 4px solid var(--accent); padding-left: .8rem; }`;

function article(message: Message, answers: readonly Response[]): string {
  const name = escapeHtml(nameOf(message));
  const changed = message.updatedAt === null ? '' : `, changed ${moment(message.updatedAt)}`;
  return `<article class="card message" id="${name}" aria-label="Message to ${escapeHtml(message.user)}">
<p class="small">To ${escapeHtml(message.user)}, ${moment(message.at)}${changed}. Notification: “${escapeHtml(message.text)}”</p>
<form method="post" action="/slack/click"><input type="hidden" name="message" value="${name}">
${message.blocks.map((block) => shown(block, name)).join('\n')}
</form>
${answers.map(answer).join('\n')}
</article>`;
}

function answer({ at, body }: Response): string {
  const text = isObject(body) && typeof body.text === 'string' ? body.text : JSON.stringify(body);
  return `<p class="answer" role="status"><span class="small">Only visible to them, ${moment(at)}:</span> ${formatted(text)}</p>`;
}

function shown(block: Block, name: string): string {
  const elements = Array.isArray(block.elements) ? block.elements.filter(isObject) : [];
  switch (block.type) {
    case 'header':
      return `<h2>${textOf(block.text)}</h2>`;
    case 'section':
      return `<p>${textOf(block.text)}</p>`;
    case 'context':
      return `<p class="small">${elements.map(textOf).join(' ')}</p>`;
    case 'input': {
      const id = `${name}-comment`;
      return `<label for="${id}">${textOf(block.label)}</label><textarea id="${id}" name="comment"></textarea>`;
    }
    case 'actions':
      return `<div>${elements.map(button).join('\n')}</div>`;
    default:
      return '';
  }
}

function button(element: Block): string {
  if (typeof element.url === 'string')
    return `<a class="button" href="${escapeHtml(element.url)}" target="_blank" rel="noopener">${textOf(element.text)}</a>`;
  return `<button class="button" name="action" value="${escapeHtml(String(element.action_id))}">${textOf(element.text)}</button>`;
}

/** A text object as HTML. */
function textOf(text: unknown): string {
  if (!isObject(text) || typeof text.text !== 'string') return '';
  return text.type === 'mrkdwn' ? formatted(text.text) : escapeHtml(text.text);
}

/**
 * As much of mrkdwn as our messages use: bold words, moments, the three entities. Anything else in brackets
 * stays visible.
 */
function formatted(text: string): string {
  const parts = text.split(/(<!date\^\d+\^[^|<>]*\|[^<>]*>|\*[^*\n]+\*)/);
  return parts
    .map((part, at) => {
      if (at % 2 === 0) return escapeHtml(unescaped(part));
      const seconds = /^<!date\^(\d+)\^/.exec(part)?.[1];
      if (seconds !== undefined) return moment(new Date(Number(seconds) * 1000).toISOString());
      return `<strong>${formatted(part.slice(1, -1))}</strong>`;
    })
    .join('');
}

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
