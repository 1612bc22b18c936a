import { isDeepStrictEqual } from 'node:util';
import type { Automation } from '../../lambdas/contract/automation.ts';
import type { Case, CasePolicy, Expected } from '../../lambdas/contract/item/cases.ts';
import type { Gated } from '../../lambdas/contract/item/envelope.ts';
import { actionsOf } from '../../lambdas/contract/item/proposal.ts';
import { languageOf } from '../../lambdas/kit/language/language.ts';
import { compare, exact } from '../../lambdas/kit/numbers/money.ts';
import { cutText } from '../../lambdas/kit/text.ts';

/** What is wrong with what an item came to; empty where it is what the case wants. */
export function faultsOf(automation: Automation, policy: CasePolicy, wanted: Case, came: Gated): string[] {
  const { label, verdict, action, actions, parameters = {}, expects = {} } = wanted;
  const { proposal } = came;
  return [
    ...differs('label', label, came.label),
    ...differs('verdict', verdict, came.verdict),
    ...(action === undefined ? [] : differs('action', action, proposal.action)),
    ...(actions === undefined
      ? []
      : differs(
          'actions',
          actions,
          actionsOf(proposal).map((it) => it.action),
        )),
    ...Object.entries(parameters).flatMap(([name, value]) =>
      differs(`parameter '${name}'`, value, proposal.parameters[name] ?? null),
    ),
    ...unmet(automation, expects, came),
    ...Object.entries(policy.checks ?? {}).flatMap(([name, check]) => {
      const fault = check(came, wanted);
      return fault === undefined ? [] : [`${name}: ${fault}`];
    }),
  ];
}

function differs(what: string, wanted: unknown, got: unknown): string[] {
  return isDeepStrictEqual(wanted, got) ? [] : [`${what}: expected ${told(wanted)}, got ${told(got)}`];
}

/** Short: a text that goes out may be a letter. */
function told(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  return text.length > 120 ? `${cutText(text, 119)}…` : text;
}

function unmet(automation: Automation, expects: Expected, came: Gated): string[] {
  const { proposal } = came;
  const { amount, cites = [], contains = [], lacks = [], language } = expects;
  const all = actionsOf(proposal);
  const texts = textsIn(all.map((it) => it.parameters));
  const out = texts.join('\n').toLowerCase();
  const cited = new Set([
    ...proposal.evidence.map(({ source }) => source),
    ...all.flatMap((it) => Object.values(it.composed ?? {}).flatMap(({ passages = [] }) => passages)),
  ]);
  const spoken = language && languageOf(texts.join('\n'));
  return [
    ...(amount ? amountFaults(amount, amountOf(automation, came)) : []),
    ...cites
      .filter((source) => !cited.has(source))
      .map((source) => `does not cite '${source}'; it cites ${[...cited].join(', ') || 'nothing'}`),
    ...contains
      .filter((words) => !out.includes(words.toLowerCase()))
      .map((words) => `nothing that goes out contains '${words}'`),
    ...lacks
      .filter((words) => out.includes(words.toLowerCase()))
      .map((words) => `what goes out contains '${words}'`),
    ...(language && spoken !== language
      ? [`language: expected ${language}, got ${spoken ?? 'none that is known'}`]
      : []),
  ];
}

function amountOf({ actions }: Automation, { proposal }: Gated): string | undefined {
  return actions[proposal.action]?.amount?.(proposal.parameters);
}

function amountFaults({ is, atLeast, atMost }: NonNullable<Expected['amount']>, got: string | undefined) {
  const value = got === undefined ? null : exact(got);
  if (!value) return [`amount: expected one, got ${got ?? 'an action without money'}`];
  const order = (than: string | undefined) => {
    const other = than === undefined ? null : exact(than);
    return other === null ? undefined : compare(value, other);
  };
  const [equal, low, high] = [order(is), order(atLeast), order(atMost)];
  return [
    ...(equal === undefined || equal === 0 ? [] : [`amount: expected ${is}, got ${got}`]),
    ...(low === undefined || low >= 0 ? [] : [`amount: expected at least ${atLeast}, got ${got}`]),
    ...(high === undefined || high <= 0 ? [] : [`amount: expected at most ${atMost}, got ${got}`]),
  ];
}

/** Every text in the parameters: what leaves the house. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
