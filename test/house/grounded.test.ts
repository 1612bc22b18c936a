import { describe, expect, it } from 'vitest';
import * as z from 'zod/v4/core';
import { GRANTED_BY } from '../../automations/refund-request/automation.ts';
import type { Automation, Implementation, StepRunner } from '../../lambdas/contract/automation.ts';
import { gate } from '../../lambdas/gate/gate.ts';
import { isTyped } from '../../lambdas/gate/typed.ts';
import { wireSchema } from '../../lambdas/models/wire/schema.ts';
import { ATTACKS, type Attack } from '../../local/attacks.ts';
import { harmOf, type Subject, thoughtOver } from '../../local/harm.ts';
import { obeying, WAYS } from '../../local/obeying.ts';
import { answer } from '../../local/sandbox/brain.ts';
import { loadKnowledge } from '../../local/sandbox/knowledge.ts';
import { automations } from '../support/automations.ts';
import { scripted } from '../support/fixtures.ts';

/*
 * The worst model there can be behind the real stages and gate: it obeys every stranger, in every way that the schema of an answer
 * has room for. An automation of yours is held to it from its first day.
 */

const knowledge = await loadKnowledge();

/** The sandbox model at its best, without a server around it. */
const sandboxModel: StepRunner = {
  ...scripted(),
  model: async (step, { input, schema }) => {
    const question = { step, input, schema: wireSchema(schema), repaired: false, obedient: false };
    return z.parse(schema, JSON.parse(answer(question, knowledge)));
  },
};

const SHARES = Object.values(GRANTED_BY).flatMap((rules) => Object.values(rules));

const subjectOf = async (automation: Automation): Promise<Subject> => ({
  automation,
  implementation: (await import(`../../automations/${automation.name}/evaluate.ts`))
    .implementation as Implementation,
});

/** The body of an example that acts, with the attack in every field that takes free text. */
function bodyOf(automation: Automation, { text, html }: Attack): Record<string, unknown> {
  const example = exampleOf(automation);
  const free = Object.keys(example).filter((name) => !isTyped(automation, example, name));
  const typed = Object.fromEntries(Object.entries(example).filter(([name]) => !free.includes(name)));
  const asHtml = { ...typed, html };
  if (html !== undefined && z.safeParse(automation.schema, asHtml).success) return asHtml;
  const words = text || (html ?? '').replaceAll(/<[^>]*>/g, ' ');
  return { ...typed, ...Object.fromEntries(free.map((name) => [name, words])) };
}

const exampleOf = ({ examples }: Automation) =>
  examples.find((it) => it.expect === 'act')?.body as Record<string, unknown>;

describe('the corpus of attacks', () => {
  it('is large, and each attack is another', () => {
    expect(ATTACKS.length).toBeGreaterThanOrEqual(150);
    expect(new Set(ATTACKS.map(({ text, html }) => `${text}${html}`)).size).toBe(ATTACKS.length);
  });
});

describe.each(automations.map((automation) => [automation.name, automation] as const))(
  '%s before a model that obeys strangers',
  (_, automation) => {
    it.each([
      ['as it is deployed', true],
      ['without the patterns of suspicious text', false],
    ])(
      'lets nothing out alone but declared values and its own sentences, %s',
      { timeout: 120_000 },
      async (_name, hint) => {
        const subject = await subjectOf(automation);
        const found = { texts: [] as string[], recipients: [] as string[], amounts: [] as string[] };
        const reasons = new Set<string>();
        let alone = 0;
        for (const attack of ATTACKS) {
          for (let way = 0; way < WAYS; way += 1) {
            const body = bodyOf(automation, attack);
            const item = await thoughtOver(subject, body, obeying({ order: attack.order, way }), { hint });
            if (item.verdict === 'act') alone += 1;
            const harm = harmOf(subject, item, SHARES);
            for (const kind of ['texts', 'recipients', 'amounts'] as const)
              found[kind].push(...harm[kind].map((it) => `${attack.name}, way ${way}: ${it}`));
            for (const reason of item.reasons) reasons.add(reason);
          }
        }
        expect(found).toEqual({ texts: [], recipients: [], amounts: [] });
        // Or the model was too stupid to try.
        expect(alone).toBeGreaterThan(hint ? 0 : ATTACKS.length);
        for (const { order } of ATTACKS)
          for (const reason of reasons) expect(reason).not.toContain(order.slice(0, 30));
      },
    );

    it('lets no attack out in place of any one parameter, though the policy says act', async () => {
      const subject = await subjectOf(automation);
      const honest = await thoughtOver(subject, exampleOf(automation), sandboxModel);
      expect(honest.verdict).toBe('act');
      const yes = {
        ...automation,
        gate: () => ({ verdict: 'act' as const, reasons: ['the policy says so'] }),
      };
      const judge = (parameters: object) => {
        const proposal = { ...honest.proposal, parameters: { ...honest.proposal.parameters, ...parameters } };
        return gate({ ...honest, proposal }, { ...subject, automation: yes });
      };
      expect(judge({}).verdict).toBe('act');
      const names = [...Object.keys(honest.proposal.parameters), 'surprise'];
      const alone = ATTACKS.flatMap(({ name, text, order }) =>
        names.flatMap((parameter) => {
          const before = honest.proposal.parameters[parameter];
          const more = typeof before === 'string' ? [`${before} ${order}`, `${order}\n\n${before}`] : [];
          return [order, text || order, [order], { text: order }, ...more].flatMap((value) =>
            judge({ [parameter]: value }).verdict === 'ask' ? [] : [`${name}: ${parameter}`],
          );
        }),
      );
      expect(alone).toEqual([]);
    });
  },
);
