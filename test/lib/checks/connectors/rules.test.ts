import { describe, expect, it } from 'vitest';
import type { Action } from '../../../../lambdas/contract/automation.ts';
import { composed, field, oneOf, words } from '../../../../lambdas/contract/parameters.ts';
import { faultsInConfigured, faultsInRules, forwardLoops } from '../../../../lib/checks/connectors/rules.ts';

const action = (fields: Partial<Action>): Action => ({
  ...{ destination: 'there', risk: 'routine', reversible: false, describe: () => 'Tell', ...fields },
});
const email = { to: 'to', text: 'text', subject: () => 'Your order' };
const mailing = (fields: Partial<Action> = {}) =>
  action({ email, recipient: 'to', parameters: { to: field('from'), text: composed('answer') }, ...fields });
const templates = {
  answer: { text: 'Hello,\n\n{passages}' },
  received: { text: 'We have it, and read it as {team}.', slots: { team: { kind: 'label' as const } } },
  chosen: { text: '{when}', slots: { when: oneOf('soon', 'later') } },
};
const faults = (of: Action, connector: string) => faultsInRules({ templates }, of, connector);

describe('an action', () => {
  it.each([
    ['email', mailing()],
    ['email', mailing({ email: { ...email, fallback: 'received', reply: true } })],
    ['slack', action({ slack: { text: () => 'x' } })],
    ['forward', action({ forward: { body: () => ({}) } })],
    ['event', action({ event: { detailType: 'X', detail: () => ({}) } })],
    ['http', action({})],
  ])('that says what its destination of the kind %s needs has no fault', (connector, of) => {
    expect(faults(of, connector)).toEqual([]);
  });

  it.each([
    ['nothing for its kind', action({}), 'slack', "says no 'slack'"],
    ['what is of another kind', action({ slack: { text: () => 'x' } }), 'http', "'slack' is of destinations"],
    ['another recipient', mailing({ recipient: 'text' }), 'email', "'recipient' must be 'to'"],
    [
      'a text that is not declared',
      mailing({ parameters: { to: field('from') } }),
      'email',
      "'email.text' is 'text'",
    ],
    [
      'a fallback that is not there',
      mailing({ email: { ...email, fallback: 'gone' } }),
      'email',
      "add it to 'templates'",
    ],
    [
      'a fallback with passages',
      mailing({ email: { ...email, fallback: 'answer' } }),
      'email',
      'no {passages}',
    ],
    [
      'a fallback to be filled',
      mailing({ email: { ...email, fallback: 'chosen' } }),
      'email',
      'filled by code alone',
    ],
    [
      'a fallback for free words',
      mailing({
        email: { ...email, fallback: 'received' },
        parameters: { to: field('from'), text: words() },
      }),
      'email',
      "declare 'text' as composed()",
    ],
  ])('that says %s is refused at synth', (_name, of, connector, fault) => {
    expect(faults(of, connector).join('\n')).toContain(fault);
  });
});

describe('a configured destination', () => {
  const of = (destination: object) => ({ there: destination }) as never;

  it('forwards to an automation that is deployed', () => {
    const destinations = of({ connector: 'forward', automation: 'b' });
    const told = (names: string[], omit: string[] = []) =>
      faultsInConfigured({ destinations, slack: undefined, omit }, names).join();
    expect(told(['a', 'b'])).toBe('');
    expect(told(['a'])).toContain("forwards to 'b', which does not exist");
    expect(told(['a'], ['b'])).toContain("under 'omit'");
    const several = of({ connector: 'forward', automation: ['a', 'b', 'c'] });
    const faults = faultsInConfigured({ destinations: several, slack: undefined, omit: ['c'] }, ['a', 'b']);
    expect(faults).toEqual([expect.stringContaining("forwards to 'c', which is under 'omit'")]);
    const nobody = faultsInConfigured({ destinations, slack: undefined, omit: ['b'] }, ['a'], new Set());
    expect(nobody).toEqual([]);
  });

  it('never has the secret that signs decisions', () => {
    const slack = { secret: 'signalbox/slack', apiUrl: 'https://slack.com/api' };
    const with_ = (secret: string) =>
      faultsInConfigured({ destinations: of({ connector: 'slack', secret }), slack, omit: [] }, []).join();
    expect(with_('signalbox/slack')).toContain('one of its own');
    expect(with_('signalbox/slack-posts')).toBe('');
  });
});

describe('automations that forward', () => {
  const destinations = Object.fromEntries(
    ['a', 'b', 'c'].map((automation) => [`to-${automation}`, { connector: 'forward', automation }]),
  ) as never;
  const forwards = (name: string, ...to: string[]) => ({
    name,
    actions: Object.fromEntries(to.map((it) => [it, action({ destination: `to-${it}` })])),
  });

  it('may forward on, and split their own items', () => {
    expect(
      forwardLoops([forwards('a', 'b', 'a'), forwards('b', 'c'), forwards('c')], { destinations }),
    ).toEqual([]);
  });

  it('are refused where one of several automations of a destination leads back', () => {
    const lines = {
      lines: { connector: 'forward', automation: ['b', 'c'] },
      'to-a': { connector: 'forward', automation: 'a' },
    };
    const a = { name: 'a', actions: { on: action({ destination: 'lines' }) } };
    const of = (name: string) => ({ name, actions: { back: action({ destination: 'to-a' }) } });
    const quiet = { name: 'b', actions: {} };
    expect(forwardLoops([a, quiet, of('c')], { destinations: lines as never })).toHaveLength(2);
    expect(forwardLoops([a, quiet, { ...quiet, name: 'c' }], { destinations: lines as never })).toEqual([]);
  });

  it.each([
    ['to one another', [forwards('a', 'b'), forwards('b', 'a')], ['a', 'b']],
    ['over a third', [forwards('a', 'b'), forwards('b', 'c'), forwards('c', 'a')], ['a', 'b', 'c']],
  ] as const)('are refused at synth where they forward %s', (_name, automations, told) => {
    const faults = forwardLoops([...automations], { destinations });
    expect(faults.map((fault) => fault.trim().split(':')[0])).toEqual(told);
  });
});
