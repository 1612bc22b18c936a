import { globSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Automation } from '../../../lambdas/contract/automation.ts';
import { PERSONAL_KINDS } from '../../../lambdas/contract/item/privacy.ts';
import { checkAutomations } from '../../../lib/checks/check.ts';
import { AUTOMATION, faultsInFields } from '../../../lib/checks/fields/automation.ts';
import { faultsInShape, type Shape, type ShapeOf } from '../../../lib/checks/fields/shape.ts';
import { loadConfig } from '../../../lib/config.ts';
import { example } from '../../support/automations.ts';

const refunds = example('refund-request');
const config = await loadConfig('test/support/example.config.ts');
const [action = ''] = Object.keys(refunds.actions);

function said(changes: object): string[] {
  try {
    checkAutomations([{ ...refunds, ...changes } as Automation], config);
    return [];
  } catch (error) {
    return (error as Error).message.split('\n').slice(1);
  }
}

const acting = (changes: object) => ({
  actions: { ...refunds.actions, [action]: { ...refunds.actions[action], ...changes } },
});
const approving = (changes: object) => ({ approval: { ...refunds.approval, ...changes } });
const step = (changes: object) => ({ steps: { route: changes } });
const body = () => ({});

describe('a misspelt field of a declaration is refused', () => {
  it.each<[path: string, meant: string, changes: object]>([
    ['lables', 'labels', { lables: [], labels: undefined }],
    ['labelof', 'labelOf', { labelof: () => 'other' }],
    ['privacy.shownto', 'shownTo', { privacy: { tokens: 'all', shownto: ['client'] } }],
    ['doors.webhook', 'webhooks', { doors: { webhook: {} } }],
    ['doors.drop.prioritty', 'priority', { doors: { drop: { prioritty: 'low' } } }],
    ['doors.mail.adresses', 'addresses', { doors: { mail: { body, adresses: ['help'] } } }],
    [
      'doors.events.tickets.detailtype',
      'detailType',
      { doors: { events: { tickets: { detailtype: 'x' } } } },
    ],
    [
      'doors.schedules.lines.silent_hours',
      'silentHours',
      { doors: { schedules: { lines: { silent_hours: 9 } } } },
    ],
    ['doors.webhooks.hook.windowSecond', 'windowSeconds', hook({ windowSecond: 9 })],
    ['doors.webhooks.hook.rate.persecond', 'perSecond', hook({ rate: { persecond: 1, burst: 1 } })],
    [
      'doors.webhooks.hook.scheme.timestampheader',
      'timestampHeader',
      hook({ scheme: { kind: 'hmac', header: 'x-sig', encoding: 'hex', timestampheader: 'x-time' } }),
    ],
    ['repair.consequental', 'consequential', { repair: { consequental: [] } }],
    ['documents.mostpages', 'mostPages', { documents: { types: ['pdf'], mostBytes: 1, mostpages: 1 } }],
    ['documents.vision.mostPage', 'mostPages', { documents: { types: ['pdf'], vision: { mostPage: 1 } } }],
    ['longText.mostcalls', 'mostCalls', { longText: { mostcalls: 3 } }],
    ['examples[0].expected', 'expect', { examples: [{ name: 'one', expected: 'act', body: {} }] }],
    [`actions.${action}.reversable`, 'reversible', acting({ reversible: undefined, reversable: true })],
    [`actions.${action}.limits.perday`, 'perDay', acting({ limits: { perday: { count: 1 } } })],
    [`actions.${action}.limits.perDay.amuont`, 'amount', acting({ limits: { perDay: { amuont: '1.00' } } })],
    [
      `actions.${action}.limits.per.customer.amunt`,
      'amount',
      acting({ limits: { per: { customer: { amunt: '1' } } } }),
    ],
    [
      `actions.${action}.parameters.to.templat`,
      'template',
      acting({ parameters: { to: { kind: 'composed', templat: 'x' } } }),
    ],
    [
      `actions.${action}.parameters.to.of.shcema`,
      'schema',
      acting({ parameters: { to: { kind: 'list', most: 3, of: { kind: 'matching', shcema: 1 } } } }),
    ],
    [`actions.${action}.email.falback`, 'fallback', acting({ email: { falback: 'x' } })],
    [`actions.${action}.forward.prioritty`, 'priority', acting({ forward: { body, prioritty: 'low' } })],
    [
      `actions.${action}.request.repeats.kepthours`,
      'keptHours',
      acting({ request: { repeats: { by: 'body', kepthours: 1 } } }),
    ],
    [`actions.${action}.request.find.atfirst`, 'atFirst', acting({ request: { find: { atfirst: true } } })],
    [`actions.${action}.compensate.acton`, 'action', acting({ compensate: { acton: 'x' } })],
    [
      'templates.note.slots.to.lokup',
      'lookup',
      { templates: { note: { text: '', slots: { to: { kind: 'looked up', lokup: 'x' } } } } },
    ],
    ['templates.note.mostPasages', 'mostPassages', { templates: { note: { text: '', mostPasages: 1 } } }],
    ['thresholds.most.vlaue', 'value', { thresholds: { most: { vlaue: 1 } } }],
    ['duplicates.near.similarty', 'similarity', { duplicates: { near: { similarty: 1 } } }],
    ['approval.whenbehind', 'whenBehind', approving({ whenbehind: 'shed' })],
    [
      'approval.byAmount[1].quorom',
      'quorum',
      approving({ byAmount: [{ from: '1.00' }, { from: '2.00', quorom: 2 }] }),
    ],
    ['approval.urgent.timeoutMinute', 'timeoutMinutes', approving({ urgent: { timeoutMinute: 1 } })],
    ['approval.subject.lable', 'label', approving({ subject: { lable: true } })],
    [
      'approval.attentionChecks.proposals[0].evidence[0].quotes',
      'quote',
      approving({ attentionChecks: { oneIn: 2, proposals: [{ evidence: [{ quotes: '' }] }] } }),
    ],
    ['audit.counterpary', 'counterparty', { audit: { counterpary: 'x' } }],
    ['audit.large.paramter', 'parameter', { audit: { large: { paramter: 'x' } } }],
    ['budget.perDayToken', 'perDayTokens', { budget: { ...refunds.budget, perDayToken: 5 } }],
    ['steps.route.cachHours', 'cacheHours', step({ cachHours: 24 })],
    ['steps.route.batch.offpeak', 'offPeak', step({ batch: { sla: '6h', offpeak: {} } })],
    ['steps.route.batch.offPeak.timezone', 'timeZone', step({ batch: { offPeak: { timezone: 'UTC' } } })],
    ['steps.route.similar.wrongAtmost', 'wrongAtMost', step({ similar: { wrongAtmost: 0.01 } })],
    ['steps.route.surrogate.agrement', 'agreement', step({ surrogate: { agrement: 0.9 } })],
    ['lookups.order.requird', 'required', { lookups: { order: { requird: false } } }],
    ['agents.reply.mostturns', 'mostTurns', { agents: { reply: { mostturns: 3 } } }],
    ['hints.fields.iban.labelOf', 'labelsOf', { hints: { fields: { iban: { labelOf: body } } } }],
    ['collections.help.outwards', 'outward', { collections: { help: { outwards: true } } }],
    ['early.fact', 'facts', { early: { fact: {} } }],
    ['early.facts.label.shema', 'schema', { early: { facts: { label: { kind: 'matching', shema: 1 } } } }],
    ['promise.normalMinute', 'normalMinutes', { promise: { normalMinute: 5 } }],
    ['promise.byLabel.other.calender', 'calendar', { promise: { byLabel: { other: { calender: 'x' } } } }],
    ['suspendAt.parkedshare', 'parkedShare', { suspendAt: { parkedshare: 0.2 } }],
  ])('%s', (path, meant, changes) => {
    expect(said(changes)).toEqual([`  refund-request: '${path}' is not known: did you mean '${meant}'?`]);
  });

  it('also where the field that is meant stands beside it', () => {
    expect(said({ lables: [] })).toEqual(["  refund-request: 'lables' is not known: did you mean 'labels'?"]);
  });

  it('with the names that there are, where none of them is near', () => {
    expect(said({ repair: { all: true } })).toEqual([
      "  refund-request: 'repair.all' is not known: there are renamed, model, consequential",
    ]);
    expect(said({ steps: { route: { surrogate: { share: 1 } } } })).toEqual([
      "  refund-request: 'steps.route.surrogate.share' is not known: there is agreement",
    ]);
  });

  it('all of them at once, and of every automation', () => {
    const strange = { ...refunds, lables: [], privacy: { tokens: 'all', shownto: [] } } as Automation;
    expect(() => checkAutomations([strange, { ...strange, name: 'two' }], config)).toThrow(
      /refund-request: 'lables'.*\n.*refund-request: 'privacy.shownto'.*\n.*two: 'lables'.*\n.*two: 'privacy.shownto'/,
    );
  });

  it('also where its name is one that every object has', () => {
    expect(said(JSON.parse('{"toString": 1, "budget": {"__proto__": 1}}'))).toEqual([
      expect.stringContaining("'budget.__proto__' is not known"),
      expect.stringContaining("'toString' is not known"),
    ]);
  });
});

function hook(changes: object) {
  return { doors: { webhooks: { hook: { scheme: { kind: 'github' }, body, ...changes } } } };
}

describe('a value that is none of those that there are is refused', () => {
  const wrong: [fault: string, changes: object][] = [
    ["'lanes' must be 'separate', got 'seperate'", { lanes: 'seperate' }],
    ["'lanes' must be 'separate', got true", { lanes: true }],
    [
      "'doors.drop.priority' must be one of urgent, normal, low, got 'high'",
      { doors: { drop: { priority: 'high' } } },
    ],
    [
      "'doors.webhooks.hook.scheme.kind' must be one of stripe, github, slack, standard, hmac, got 'githbu': did you mean 'github'?",
      hook({ scheme: { kind: 'githbu' } }),
    ],
    [
      "'doors.webhooks.hook.scheme.encoding' must be one of hex, base64, got 'base32'",
      hook({ scheme: { kind: 'hmac', header: 'x-sig', encoding: 'base32' } }),
    ],
    [
      `'actions.${action}.risk' must be one of routine, consequential, catastrophic, got 'high'`,
      acting({ risk: 'high' }),
    ],
    [
      `'privacy.tokens[1]' must be one of ${PERSONAL_KINDS.join(', ')}, got 'e-mail': did you mean 'email'?`,
      { privacy: { tokens: ['card', 'e-mail'] } },
    ],
    ["'privacy.tokens' must be a list or 'all', got 'al'", { privacy: { tokens: 'al' } }],
    [
      "'privacy.shownTo[0]' must be one of approvers, client, got 'everybody'",
      { privacy: { tokens: 'all', shownTo: ['everybody'] } },
    ],
    ["'privacy.names' must be 'model', got 'us'", { privacy: { tokens: 'all', names: 'us' } }],
    ["'privacy' must be an object, got 'all'", { privacy: 'all' }],
    ["'longText' must be an object or false, got true", { longText: true }],
    [
      "'examples[0].expect' must be one of act, ask, refuse, got 'alone'",
      { examples: [{ expect: 'alone' }] },
    ],
    ["'approval.whenBehind' must be one of defer, shed, got 'drop'", approving({ whenBehind: 'drop' })],
    ["'approval.byAmount' must be a list, got an object", approving({ byAmount: { from: '1.00' } })],
    ["'steps.route.tier' must be one of small, medium, large, got 'huge'", step({ tier: 'huge' })],
    [
      "'steps.route.confidence' must be one of logprobs, agreement, got 'feeling'",
      step({ confidence: 'feeling' }),
    ],
    ["'steps.route.batch.tier' must be one of batch, flex, got 'slow'", step({ batch: { tier: 'slow' } })],
    [
      "'collections.help.from' must be one of folder, synced, got 's3'",
      { collections: { help: { from: 's3' } } },
    ],
    [
      `'lookups.order.given[0]' must be one of ${PERSONAL_KINDS.join(', ')}, got 'mail'`,
      { lookups: { order: { given: ['mail'] } } },
    ],
  ];
  it.each(wrong.map(([fault, changes]) => ({ about: fault.split(',')[0], fault, changes })))(
    '$about',
    ({ fault, changes }) => expect(said(changes)).toEqual([`  refund-request: ${fault}`]),
  );

  it('but a function may say which, where the type has one', () => {
    expect(said(acting({ forward: { body, priority: () => 'low' } })).join()).not.toContain('priority');
    expect(said({ lanes: () => 'separate' })).toHaveLength(1);
  });
});

/** Every place with fields of ours, as a value that leads there: made from the check's own table. */
function placesOf(shape: Shape, path: string, wrap: (value: object) => object): [string, object][] {
  if (shape === 'any' || 'choices' in shape) return [];
  if ('list' in shape) return placesOf(shape.list, `${path}[0]`, (value) => wrap([value]));
  if ('named' in shape) return placesOf(shape.named, `${path}.ours`, (value) => wrap({ ours: value }));
  const variants = 'fields' in shape ? [['', shape.fields] as const] : Object.entries(shape.kinds);
  return variants.flatMap(([kind, fields]) => {
    const own = 'by' in shape ? { [shape.by]: kind } : {};
    const at = path === '' ? '' : `${path}.`;
    return [
      [`${at}zzz`, wrap({ ...own, zzz: 1 })] as [string, object],
      // A list of parameters holds parameters: once is enough.
      ...Object.entries(fields).flatMap(([field, inner]) =>
        path.endsWith('.of') && field === 'of'
          ? []
          : placesOf(inner, `${at}${field}`, (value) => wrap({ ...own, [field]: value })),
      ),
    ];
  });
}

it('no place with fields of ours takes a field that is none', () => {
  const places = placesOf(AUTOMATION, '', (value) => value);
  expect(places.length).toBeGreaterThan(80);
  for (const [path, value] of places)
    expect(faultsInFields(value as Automation)).toEqual([
      expect.stringContaining(`'${path}' is not known: `),
    ]);
});

it('a field that the type has and the check forgot is a fault of its types', () => {
  interface Wanted {
    one: string;
    inner?: { least: number; kind?: 'a' | 'b' };
  }
  const whole: ShapeOf<Wanted> = {
    fields: { one: 'any', inner: { fields: { least: 'any', kind: { choices: { a: true, b: true } } } } },
  };
  // @ts-expect-error: 'inner' is left out
  const without: ShapeOf<Wanted> = { fields: { one: 'any' } };
  // @ts-expect-error: 'inner' has fields of its own
  const coarse: ShapeOf<Wanted> = { fields: { one: 'any', inner: 'any' } };
  // @ts-expect-error: a choice is left out
  const choice: ShapeOf<'a' | 'b'> = { choices: { a: true } };
  expect(
    [whole, without, coarse, choice].map((shape) => faultsInShape({ one: 1 }, shape as Shape).length),
  ).toEqual([0, 0, 0, 1]);
});

const declarations = globSync('**/automation.ts', {
  exclude: (name) => ['node_modules', 'cdk.out', '.local', '.git'].includes(name),
}).filter((file) => !file.startsWith('lambdas/') && !file.startsWith('lib/'));

it('every declaration of the repository is looked at', () => {
  expect(declarations.length).toBeGreaterThanOrEqual(10);
});

it.each(declarations)('none of its own is refused: %s', async (file) => {
  const { automation } = await import(pathToFileURL(file).href);
  expect(faultsInFields(automation)).toEqual([]);
});
