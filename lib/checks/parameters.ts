import type { Action, Automation } from '../../lambdas/contract/automation.ts';
import type { ParameterKind, SlotKind } from '../../lambdas/contract/parameters.ts';
import { PLACE } from '../../lambdas/gate/compose.ts';
import { isTyped, takesNoSentence } from '../../lambdas/gate/typed.ts';

/** What is wrong with what a declaration lets go out without a person. */
export function faultsInParameters(automation: Automation): string[] {
  const { actions, templates = {}, early } = automation;
  return [
    ...Object.entries(actions).flatMap(([name, action]) => [
      ...faultsInRecipient(name, action),
      ...faultsInShows(name, action),
      ...faultsInWords(name, action),
      ...Object.entries(action.parameters ?? {}).flatMap(([parameter, kind]) =>
        faultsInKind(automation, kind).map((fault) => `'${parameter}' of action '${name}' ${fault}`),
      ),
    ]),
    ...Object.entries(early?.facts ?? {}).flatMap(([fact, kind]) =>
      [...(NEVER_EARLY[kind.kind] ?? []), ...faultsInKind(automation, kind)].map(
        (fault) => `'${fact}' of 'early' ${fault}`,
      ),
    ),
    ...Object.entries(templates).flatMap(([name, { text, slots = {} }]) => {
      const places = [...text.matchAll(PLACE)].map(([, place = '']) => place);
      const open = places.filter((place) => place !== 'passages' && !Object.hasOwn(slots, place));
      const unused = Object.keys(slots).filter((slot) => !places.includes(slot));
      return [
        ...open.map((place) => `template '${name}' has {${place}}: declare it in its 'slots'`),
        ...unused.map(
          (slot) => `slot '${slot}' of template '${name}' has no place: put {${slot}} in its text`,
        ),
        // An approver's edit changes the text, where no passage is at hand.
        ...(text.includes('{passages}') && Object.values(slots).some(({ kind }) => kind === 'of action')
          ? [`template '${name}' has {passages} and a slot of ofAction(): give it only one of them`]
          : []),
        ...Object.entries(slots).flatMap(([slot, kind]) =>
          faultsInKind(automation, kind).map((fault) => `slot '${slot}' of template '${name}' ${fault}`),
        ),
      ];
    }),
  ];
}

/** What takes an action back has to be another one of the same automation. That one may name the first again: each is asked for. */
export function faultsInCompensations({ actions }: Automation): string[] {
  return Object.entries(actions).flatMap(([name, { compensate }]) => {
    if (!compensate) return [];
    if (compensate.action === name)
      return [`'compensate' of action '${name}' names the action itself: name the one that takes it back`];
    return Object.hasOwn(actions, compensate.action)
      ? []
      : [`'compensate' of action '${name}' is '${compensate.action}', which is not in 'actions'`];
  });
}

const NEVER_EARLY: Partial<Record<ParameterKind['kind'], readonly string[]>> = {
  words: ['holds free words, which are never told early: declare another kind'],
  'answer of': ['is the answer of an action, and none is done yet: declare another kind'],
  'of action': ['is a parameter of an action, and none is proposed yet: declare another kind'],
  excerpt: ['is a part of the text, which its sender knows: declare another kind'],
};

function faultsInRecipient(name: string, { recipient, parameters = {} }: Action): string[] {
  return recipient === undefined || Object.hasOwn(parameters, recipient)
    ? []
    : [`'recipient' of action '${name}' is '${recipient}': declare it in 'parameters'`];
}

function faultsInShows(name: string, { shows = [], parameters = {} }: Action): string[] {
  return shows
    .filter((parameter) => !Object.hasOwn(parameters, parameter))
    .map(
      (parameter) =>
        `'shows' of action '${name}' has '${parameter}': declare it in 'parameters', or leave it out`,
    );
}

const FREE: readonly ParameterKind['kind'][] = ['words', 'excerpt'];

/* A summary stands in subjects, lists and chat: the approver would read "[note]" there. */
function faultsInWords(name: string, { describe, parameters = {} }: Action): string[] {
  const told = new Set<string>();
  describe(
    new Proxy(
      {},
      {
        get: (_, key) => {
          told.add(String(key));
          return '';
        },
      },
    ),
  );
  return [...told]
    .filter(
      (parameter) =>
        !Object.hasOwn(parameters, parameter) || FREE.includes(parameters[parameter]?.kind ?? 'words'),
    )
    .map(
      (parameter) =>
        `'describe' of action '${name}' tells '${parameter}': declare it in 'parameters' as a kind that holds no free words, or leave it out`,
    );
}

function faultsInKind(automation: Automation, kind: ParameterKind | SlotKind): string[] {
  switch (kind.kind) {
    case 'field': {
      const body = automation.examples[0]?.body;
      return isTyped(automation, body, kind.field)
        ? []
        : [
            `is the field '${kind.field}' of the body, which takes free text: bound it with a pattern, an enum or a format, or declare words()`,
          ];
    }
    case 'matching':
      return takesNoSentence(kind.schema)
        ? []
        : ['has a schema that takes a sentence: bound it with a pattern, an enum or a format'];
    case 'composed':
      return [kind.template, ...(kind.others ?? [])]
        .filter((template) => !Object.hasOwn(automation.templates ?? {}, template))
        .map((template) => `is composed from '${template}': add it to 'templates'`);
    case 'list':
      return faultsInKind(automation, kind.of);
    case 'looked up':
      return Object.hasOwn(automation.lookups ?? {}, kind.lookup)
        ? []
        : [`is looked up by '${kind.lookup}': add it to 'lookups'`];
    case 'of action':
      return Object.hasOwn(automation.actions[kind.action]?.parameters ?? {}, kind.parameter)
        ? []
        : [`is '${kind.parameter}' of action '${kind.action}', which is not declared there`];
    case 'answer of':
      return Object.hasOwn(automation.actions, kind.action)
        ? []
        : [`is the answer of '${kind.action}', which is not in 'actions'`];
    default:
      return [];
  }
}
