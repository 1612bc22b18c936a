import type { Action, Automation } from '../../lambdas/contract/automation.ts';
import type { RequestRules } from '../../lambdas/contract/outside/request.ts';
import type { ParameterKind } from '../../lambdas/contract/parameters.ts';
import type { ResolvedConfig } from '../config.ts';
import { forwardsTo } from '../destination-config.ts';
import { faultsInRules as faultsInOthers } from './connectors/rules.ts';

const HEADER = /^[A-Za-z][A-Za-z0-9-]{0,63}$/;
/** Of the house, whatever a provider calls its keys. */
const NOT_FOR_KEYS = ['authorization', 'content-type', 'content-length', 'host', 'cookie', 'accept'];
/** The longest a reason may be, which people read in one line. */
const MOST_REASON = 100;
const MOST_SETTLES_SECONDS = 3600;

/** What is wrong with where actions go, and with how they are done there. */
export function faultsInDestinations(
  automation: Pick<Automation, 'actions' | 'templates'>,
  { destinations }: Pick<ResolvedConfig, 'destinations'>,
): string[] {
  return Object.entries(automation.actions).flatMap(([name, action]) => {
    const destination = destinations[action.destination];
    if (!destination)
      return [
        `action '${name}' goes to '${action.destination}': add it to 'destinations' in the configuration`,
      ];
    const { connector } = destination;
    return [
      ...faultsOf(action, connector),
      ...faultsInOthers(automation, action, connector),
      ...faultsInHandingOn(action, destination),
    ].map((fault) => `action '${name}': ${fault}`);
  });
}

/** The item's own text goes to those alone who take it for a stranger's. */
function faultsInHandingOn(
  { parameters = {}, forward, destination: name }: Action,
  destination: ResolvedConfig['destinations'][string],
): string[] {
  const { connector } = destination;
  const inside = connector === 'forward' || ('internal' in destination && destination.internal);
  const several = forwardsTo(destination).length > 1;
  return [
    ...Object.entries(parameters).flatMap(([parameter, kind]) =>
      holdsExcerpt(kind) && !inside
        ? [
            `'${parameter}' is an excerpt(), and '${name}' may be read by others: forward it, or say 'internal: true' of a destination that only our own people read`,
          ]
        : [],
    ),
    ...(several && !forward?.to
      ? [`'${name}' leads to several automations: 'forward.to' must say which`]
      : []),
  ];
}

const holdsExcerpt = (kind: ParameterKind): boolean =>
  kind.kind === 'list' ? holdsExcerpt(kind.of) : kind.kind === 'excerpt';

function faultsOf({ request, success, refusal, destination }: Action, connector: string): string[] {
  if (connector !== 'request')
    return request
      ? [`'request' is of destinations with "connector: 'request'", and '${destination}' has '${connector}'`]
      : [];
  if (!request) return [`it says no 'request', and '${destination}' has "connector: 'request'"`];
  const read = success || refusal ? ["'success' and 'refusal' are of 'http': 'request.reads' says both"] : [];
  return [...read, ...faultsInRules(request)];
}

function faultsInRules({ repeats, find, refusals = [] }: RequestRules): string[] {
  const wrong: [is: boolean, fault: string][] = [
    [repeats.by === 'lookup' && !find, "'repeats' by 'lookup' needs 'find', which looks"],
    [
      'keptHours' in repeats && !(repeats.keptHours > 0),
      "'repeats.keptHours' must be positive: its documentation says how long keys are kept",
    ],
    [
      repeats.by === 'header' && !isForKeys(repeats.name ?? 'idempotency-key'),
      '\'repeats.name\' must be a header that takes a key, such as "Idempotency-Key"',
    ],
    [
      refusals.some((reason) => reason.length === 0 || reason.length > MOST_REASON || /\n/.test(reason)),
      `'refusals' are lines of up to ${MOST_REASON} characters`,
    ],
    [
      find?.settlesSeconds !== undefined &&
        !(find.settlesSeconds >= 0 && find.settlesSeconds <= MOST_SETTLES_SECONDS),
      `'find.settlesSeconds' must be from 0 to ${MOST_SETTLES_SECONDS}`,
    ],
  ];
  return wrong.filter(([is]) => is).map(([, fault]) => fault);
}

function isForKeys(header: string): boolean {
  return HEADER.test(header) && !NOT_FOR_KEYS.includes(header.toLowerCase());
}
