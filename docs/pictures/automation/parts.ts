import type { Action, Automation } from '../../../lambdas/contract/automation.ts';

/* What a declaration says, as the boxes of its picture: each a name, and short lines below it. */

export interface Part {
  name: string;
  lines: readonly string[];
}

const part = (name: string, ...lines: (string | false | undefined)[]): Part => ({
  name,
  lines: lines.filter((line): line is string => typeof line === 'string' && line !== ''),
});

/** How work comes in. */
export function doorsOf({ name, doors = {} }: Automation): Part[] {
  const { mail, drop, webhooks = {}, events = {}, schedules = {} } = doors;
  return [
    part('API', 'POST …/items'),
    ...(mail ? [part('mail', `to ${(mail.addresses ?? [name]).join(', ')}@`)] : []),
    ...(drop ? [part('drop', 'files in the bucket')] : []),
    ...Object.keys(webhooks).map((hook) => part(hook, 'webhook')),
    ...Object.entries(events).map(([event, { detailType }]) => part(event, `event ${detailType}`)),
    ...Object.entries(schedules).map(([schedule, { source }]) => part(schedule, `polls ${source}`)),
  ];
}

/** What is done before anything is decided. */
export function readingOf({ documents, repair, privacy }: Automation): Part[] {
  return [
    ...(documents ? [part('read', documents.types.join(', '), `up to ${documents.mostPages} pages`)] : []),
    ...(repair ? [part('repair', 'a body that does not fit')] : []),
    ...(privacy ? [part('privacy', 'tokens for personal data')] : []),
  ];
}

const NO_STEPS = ['route', 'repair'];

/** What `evaluate` may ask. */
export function stepsOf(automation: Automation): Part[] {
  const { prompts, lookups = {}, collections = {}, agents = {}, steps = {} } = automation;
  const models = Object.keys(prompts).filter(
    (step) => !NO_STEPS.includes(step) && !Object.hasOwn(agents, step),
  );
  return [
    ...Object.values(lookups).map(({ name, source, required = true }) =>
      part(name, `lookup in ${source}`, !required && 'goes on without'),
    ),
    ...Object.entries(collections).map(([name, { from }]) =>
      part(name, `search, ${from === 'folder' ? 'its own folder' : 'synchronised'}`),
    ),
    ...models.map((name) => part(name, `model, ${steps[name]?.tier ?? 'small'} tier`)),
    ...Object.entries(agents).map(([name, { lookups: asks = [], searches = [], mostTurns }]) =>
      part(name, `agent, up to ${mostTurns} turns`, [...asks, ...searches].join(', ')),
    ),
  ];
}

/** Who is asked. */
export function personOf({ approval }: Automation): Part {
  const { group, escalateTo, quorum = 1, byAmount = [] } = approval;
  return part(
    'a person',
    group,
    quorum > 1 && `${quorum} must agree`,
    `then ${escalateTo}`,
    byAmount.length > 0 && 'others from an amount on',
  );
}

const WAYS = { email: 'mail', slack: 'Slack', forward: 'to another line', event: 'event', request: 'API' };

/** What is done, and where. */
export function actionsOf({ actions }: Automation): Part[] {
  return Object.entries(actions).map(([name, action]) =>
    part(
      name,
      `→ ${action.destination}${wayOf(action)}`,
      [action.risk === 'routine' ? [] : action.risk, action.limits ? 'limited' : []].flat().join(', '),
      action.compensate && 'can be taken back',
    ),
  );
}

function wayOf(action: Action): string {
  const way = Object.entries(WAYS).find(([kind]) => action[kind as keyof typeof WAYS] !== undefined);
  return way ? ` (${way[1]})` : '';
}
