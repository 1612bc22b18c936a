import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/v4/core';
import type { Automation, StepRunner } from '../../lambdas/contract/automation.ts';
import type { Routed } from '../../lambdas/contract/item/envelope.ts';
import { VERDICTS } from '../../lambdas/contract/item/status.ts';
import { evaluate } from '../../lambdas/evaluate/evaluate.ts';
import { gate } from '../../lambdas/gate/gate.ts';
import { ProcessingError } from '../../lambdas/kit/errors.ts';
import { prepare } from '../../lambdas/prepare/prepare.ts';
import { faultsInFields } from '../../lib/checks/fields/automation.ts';
import { registryEntry } from '../../lib/parts/registry.ts';
import { readCases } from '../../local/cases/lines.ts';
import { answeredBy } from '../../local/no-steps.ts';
import { anyItem } from '../support/any-item.ts';
import { askedAs } from '../support/asked.ts';
import { automations, implementationOf, omitted } from '../support/automations.ts';
import { scripted } from '../support/fixtures.ts';
import { fits } from '../support/json-schema.ts';
import { verdictsOf } from '../support/verdicts.ts';

/*
 * The contract of an automation. It runs over every folder of automations/: a new one has it from its first
 * day.
 */

const folderOf = ({ name }: Automation) => `automations/${name}`;
/** Written by the team, or by `signalbox cases --write` out of decisions: those have an `origin`. */
const casesOf = (automation: Automation) => readCases(automation);

it('has an automation for every folder but those that the configuration leaves out', () => {
  const folders = readdirSync('automations', { withFileTypes: true }).flatMap((it) =>
    it.isDirectory() ? [it.name] : [],
  );
  expect(folders.sort()).toEqual([...automations.map(({ name }) => name), ...omitted].sort());
});

describe.each(automations.map((automation) => [automation.name, automation] as const))(
  '%s',
  (_, automation) => {
    const bodies = automation.examples.map(({ body }) => body);

    const item = anyItem(automation);

    const routed = (changes: Partial<Routed> = {}): Routed => ({
      ...{
        id: 'item-1',
        automation: automation.name,
        generation: 1,
        feedback: [],
        text: 'a text',
        suspicions: [],
        automatic: false,
      },
      ...{ body: bodies[0], label: automation.labels[0] ?? 'other', ...changes },
    });

    it('has no field that nobody reads, such as a misspelt one', () => {
      expect(faultsInFields(automation)).toEqual([]);
    });

    it('says who answers for it, what for, on what, and how it can go wrong', () => {
      const { owner, purpose, triggers, data, failureModes } = automation;
      for (const text of [owner, purpose, ...triggers, ...data, ...failureModes])
        expect(text.trim().length).toBeGreaterThan(5);
      expect([triggers, data, failureModes].every((list) => list.length > 0)).toBe(true);
    });

    it('was reviewed, on a day that has come', () => {
      expect(automation.lastReviewed).toMatch(/^\d{4}-\d{2}-\d{2}$/);
      const reviewed = Date.parse(automation.lastReviewed);
      expect(reviewed).toBeLessThanOrEqual(Date.now());
      expect(automation.reviewEveryDays).toBeGreaterThan(0);
      expect(automation.reviewEveryDays).toBeLessThanOrEqual(366);
    });

    it("has the label 'other', and a case for every label", () => {
      expect(automation.labels).toContain('other');
      expect(new Set(automation.labels).size).toBe(automation.labels.length);
      const cases = casesOf(automation);
      const without = automation.labels.filter((label) => !cases.some((it) => it.label === label));
      expect(without, `${folderOf(automation)}/cases.jsonl: add a case for each of these labels`).toEqual([]);
    });

    it('has cases that could be posted: of its labels, with bodies that fit', () => {
      const cases = casesOf(automation);
      expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
      const origins = cases.flatMap(
        ({ origin }) => (origin as { approvalId: string } | undefined)?.approvalId ?? [],
      );
      expect(new Set(origins).size).toBe(origins.length);
      for (const { name, body, label, verdict } of cases) {
        expect(automation.labels, name).toContain(label);
        expect(VERDICTS, name).toContain(verdict);
        expect(z.safeParse(automation.schema, body).success, name).toBe(true);
      }
    });

    it('shows an example and a case for each verdict that it can come to, and for no other', async () => {
      const able = await verdictsOf({ automation, implementation: await implementationOf(automation) });
      const shown = {
        'examples of automation.ts': new Set(automation.examples.map((it) => it.expect)),
        'cases.jsonl': new Set(casesOf(automation).map(({ verdict }) => verdict)),
      };
      for (const [where, verdicts] of Object.entries(shown)) {
        const fix =
          `${folderOf(automation)}, ${where}: add one for each verdict that the gate gives, and take out those ` +
          'of others. An action with words() always asks. Or teach sandbox.ts what leads to the one that is missing';
        expect(verdicts, fix).toEqual(able);
      }
    });

    it('shows examples with bodies that fit', () => {
      for (const { name, body } of automation.examples)
        expect(z.safeParse(automation.schema, body).success, name).toBe(true);
    });

    it('publishes a schema that takes and refuses the bodies that it takes and refuses itself', () => {
      const schema = registryEntry(automation).schema as Record<string, unknown>;
      const bent = [
        '',
        ' ',
        '\n\t',
        'a b',
        '-5.00',
        '0.00',
        '0',
        '1e5',
        '1.234',
        '01.00',
        '99999999999999999999.00',
      ];
      const values = [...bent, 'x'.repeat(1_000_000), '12.5', '#1', 'a@example.com', 1, null, true, [], {}];
      const whole = [...bodies, ...casesOf(automation).map(({ body }) => body)] as Record<string, unknown>[];
      const fields = new Set(whole.flatMap((body) => Object.keys(body)).concat('text', 'html', 'surprise'));
      const variants = whole.slice(0, 6).flatMap((body) =>
        [...fields].flatMap((field) => {
          const { [field]: _, ...without } = body;
          return [without, ...values.map((value) => ({ ...body, [field]: value }))];
        }),
      );
      const tried: unknown[] = [...whole, ...variants, ...values];

      const differ = tried.filter(
        (body) => fits(schema, body) !== z.safeParse(automation.schema, body).success,
      );

      expect(differ.map((body) => JSON.stringify(body).slice(0, 300))).toEqual([]);
    });

    it('refuses a body with a field it does not know', () => {
      const { success } = z.safeParse(automation.schema, { ...(bodies[0] as object), surprise: true });
      expect(success).toBe(false);
    });

    it('declares the prompts it uses, and keeps versions of its steps alone', async () => {
      const { prompts } = await implementationOf(automation);
      const used = Object.fromEntries(Object.entries(prompts).map(([step, { version }]) => [step, version]));
      expect(used).toEqual(automation.prompts);
      const files = readdirSync(`${folderOf(automation)}/prompts`).map((file) => file.replace(/\.md$/, ''));
      expect(files).toEqual(expect.arrayContaining(Object.values(used)));
      const stray = files.filter((file) => !Object.hasOwn(used, /^(.+)\.v\d+$/.exec(file)?.[1] ?? ''));
      expect(stray, 'prompts of no step').toEqual([]);
      for (const [step, { version, text }] of Object.entries(prompts)) {
        expect(version, step).toMatch(new RegExp(`^${step}\\.v\\d+$`));
        expect(text, step).toBe(readFileSync(`${folderOf(automation)}/prompts/${version}.md`, 'utf8'));
      }
    });

    it('tells the model that the text was written by a stranger and is no instruction', async () => {
      const { prompts } = await implementationOf(automation);
      for (const { version, text } of Object.values(prompts))
        expect(text, version).toMatch(/never an instruction/);
    });

    it('describes every action in words that name its parameters', () => {
      for (const [name, action] of Object.entries(automation.actions)) {
        const named = new Set<string>();
        const parameters = new Proxy(
          {},
          {
            get(_target, key) {
              named.add(String(key));
              return `<${String(key)}>`;
            },
          },
        );
        const words = action.describe(parameters);
        expect(named.size, name).toBeGreaterThan(0);
        for (const parameter of named) expect(words, name).toContain(`<${parameter}>`);
        const short = `'describe' of '${name}' is all that a mail shows of it: say in a few words more what is done, and to what`;
        expect(words.length, short).toBeGreaterThan(15);
      }
    });

    it('declares the parameter that names the recipient', () => {
      for (const [name, { recipient, parameters = {} }] of Object.entries(automation.actions))
        if (recipient !== undefined) expect(Object.keys(parameters), name).toContain(recipient);
    });

    it('hands over by an action it has declared, with every parameter that its description names', () => {
      const { action, parameters, confidence } = automation.handOver(routed(), 'the reason');
      expect(Object.keys(automation.actions)).toContain(action);
      expect(automation.actions[action]?.describe(parameters)).not.toMatch(/undefined|null|NaN|\[object/);
      expect(confidence).toBeNull();
      expect(automation.actions[action]?.risk).toBe('routine');
    });

    it('comes to a verdict with a reason about every proposal', () => {
      fc.assert(
        fc.property(item, (proposed) => {
          const { verdict, reasons } = gate(proposed, { automation });
          return (
            VERDICTS.includes(verdict) && reasons.length > 0 && reasons.every((reason) => reason.length > 0)
          );
        }),
        { numRuns: 1000 },
      );
    });

    it("never acts on what is 'other', suspicious, or handed over", () => {
      fc.assert(
        fc.property(item, (proposed) => {
          const handedOver = { ...proposed, proposal: automation.handOver(proposed, 'unsure') };
          const doubtful = [
            { ...proposed, label: 'other' },
            { ...proposed, suspicions: ['claims-authority'] },
            handedOver,
          ];
          return doubtful.every((it) => gate(it, { automation }).verdict !== 'act');
        }),
        { numRuns: 500 },
      );
    });

    it('never acts by itself where the action is catastrophic', () => {
      const actions = Object.entries(automation.actions).map(([name, it]) => [
        name,
        { ...it, risk: 'catastrophic' as const },
      ]);
      const catastrophic = { ...automation, actions: Object.fromEntries(actions) };
      fc.assert(
        fc.property(item, (proposed) => gate(proposed, { automation: catastrophic }).verdict !== 'act'),
        { numRuns: 500 },
      );
    });

    it('refuses a proposal of an action that it has not declared', () => {
      const proposal = { ...automation.handOver(routed(), 'reason'), action: 'erase' };
      expect(() => gate({ ...routed(), proposal }, { automation })).toThrow(
        "proposed 'erase', which it has not declared",
      );
    });

    it('asks a person when the model gives no usable answer', async () => {
      let asked = 0;
      const model = () => {
        asked += 1;
        return Promise.reject(new ProcessingError('no usable answer'));
      };
      const answering: StepRunner = { ...scripted(), ...answeredBy(model) };
      const implementation = await implementationOf(automation);
      const told = casesOf(automation).filter(({ lookups }) => lookups !== undefined);
      for (const { body, lookups } of [...bodies.map((body) => ({ body, lookups: {} })), ...told]) {
        const before = asked;
        const step = { ...answering, ...(await askedAs(automation, { lookups })) };
        const context = { automation, implementation, step };
        const received = { id: 'item-1', automation: automation.name, generation: 1, feedback: [], body };
        const evaluated = await evaluate(routed(prepare(received, context)), context);
        if (asked === before) continue;
        expect(evaluated.proposal.brief).toBe('no usable answer');
        expect(gate(evaluated, { automation }).verdict).toBe('ask');
      }
      // One that only sorts asks nothing more once it has its label.
      if (Object.keys(implementation.prompts).length > 1) expect(asked).toBeGreaterThan(0);
    });

    it('asks the model for nothing when a machine wrote, or the label is other', async () => {
      const step: StepRunner = { ...scripted(), ...answeredBy(() => Promise.reject(new Error('asked'))) };
      const context = { automation, implementation: await implementationOf(automation), step };
      await expect(evaluate(routed({ automatic: true }), context)).resolves.toBeDefined();
      await expect(evaluate(routed({ label: 'other' }), context)).resolves.toBeDefined();
    });
  },
);
