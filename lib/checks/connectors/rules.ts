import type { Action, Automation } from '../../../lambdas/contract/automation.ts';
import { PLACE } from '../../../lambdas/gate/compose.ts';
import type { ResolvedConfig } from '../../config.ts';
import { forwardsTo } from '../../destination-config.ts';

const KINDS = ['email', 'slack', 'forward', 'event'] as const;
type Kind = (typeof KINDS)[number];

const isKind = (connector: string): connector is Kind => KINDS.some((kind) => kind === connector);

/** What is wrong with what an action says for destinations that take no call of ours: each kind has its own field. */
export function faultsInRules(
  automation: Pick<Automation, 'templates'>,
  action: Action,
  connector: string,
): string[] {
  const said = KINDS.filter((kind) => action[kind] !== undefined);
  const others = said.filter((kind) => kind !== connector);
  const read =
    action.success || action.refusal ? ["'success' and 'refusal' are of 'http': it gets no such answer"] : [];
  return [
    ...others.map(
      (kind) =>
        `'${kind}' is of destinations with "connector: '${kind}'", and '${action.destination}' has '${connector}'`,
    ),
    ...(isKind(connector) && !said.includes(connector)
      ? [`it says no '${connector}', and '${action.destination}' has "connector: '${connector}'"`]
      : []),
    ...(isKind(connector) ? read : []),
    ...(connector === 'email' ? faultsInEmail(automation, action) : []),
  ];
}

function faultsInEmail({ templates = {} }: Pick<Automation, 'templates'>, action: Action): string[] {
  const { email, recipient, parameters = {} } = action;
  if (!email) return [];
  const { to, text, fallback } = email;
  const template = fallback === undefined ? undefined : templates[fallback];
  const kind = parameters[text]?.kind;
  const wrong: [boolean, string][] = [
    [
      recipient !== to,
      `'recipient' must be '${to}', as 'email.to' is: whom a mail goes to is held to be verified`,
    ],
    [
      !Object.hasOwn(parameters, text),
      `'email.text' is '${text}': declare it in 'parameters', as composed() or words()`,
    ],
    [fallback !== undefined && !template, `'email.fallback' is '${fallback}': add it to 'templates'`],
    [
      template !== undefined && kind !== 'composed',
      `'email.fallback' takes the place of a text that is composed: declare '${text}' as composed()`,
    ],
    [
      template?.text.includes('{passages}') === true,
      `'email.fallback' is sent where nothing was found: its template must have no {passages}`,
    ],
    [
      template !== undefined && openIn(template.text, template.slots ?? {}).length > 0,
      "'email.fallback' must be filled by code alone: give its template no slots but label() and field()",
    ],
  ];
  return wrong.filter(([is]) => is).map(([, fault]) => fault);
}

function openIn(text: string, slots: Readonly<Record<string, { kind: string }>>): string[] {
  return [...text.matchAll(PLACE)]
    .map(([, place = '']) => place)
    .filter((place) => place !== 'passages' && !['label', 'field'].includes(slots[place]?.kind ?? ''));
}

/**
 * What is wrong with a configured destination, beside what its own fields say. Where it forwards to matters once an action goes there: whoever
 * leaves an example out need not touch its destinations.
 * @param used names of the destinations that actions have. @default all
 */
export function faultsInConfigured(
  { destinations, slack, omit }: Pick<ResolvedConfig, 'destinations' | 'slack' | 'omit'>,
  names: readonly string[],
  used?: ReadonlySet<string>,
): string[] {
  return Object.entries(destinations).flatMap(([name, destination]) => {
    if (destination.connector === 'slack' && slack && destination.secret === slack.secret)
      return [
        `  destination '${name}' has the secret of the approvals, with which one could sign decisions: give it one of its own`,
      ];
    if (used?.has(name) === false) return [];
    return forwardsTo(destination)
      .filter((automation) => !names.includes(automation))
      .map((automation) => {
        const why = omit.includes(automation) ? "is under 'omit'" : 'does not exist';
        return `  destination '${name}' forwards to '${automation}', which ${why}`;
      });
  });
}

/** Automations whose items would make one another without end: by forwarding, over others too. One may split its own items. */
export function forwardLoops(
  automations: readonly Pick<Automation, 'name' | 'actions'>[],
  { destinations }: Pick<ResolvedConfig, 'destinations'>,
): string[] {
  const targets = new Map(
    automations.map(({ name, actions }) => [
      name,
      Object.values(actions).flatMap(({ destination }) =>
        forwardsTo(destinations[destination]).filter((to) => to !== name),
      ),
    ]),
  );
  return automations.flatMap(({ name }) => {
    const seen = new Set<string>();
    const open = [...(targets.get(name) ?? [])];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(...(targets.get(next) ?? []));
    }
    return seen.has(name)
      ? [`  ${name}: its actions forward to automations that forward back to it: take one of them out`]
      : [];
  });
}
