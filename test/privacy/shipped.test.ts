import { describe, expect, it } from 'vitest';
import type { Automation, Implementation } from '../../lambdas/contract/automation.ts';
import type { Case } from '../../lambdas/contract/item/cases.ts';
import type { PrivacyPolicy } from '../../lambdas/contract/item/privacy.ts';
import { recognise } from '../../lambdas/privacy/names/names.ts';
import { plain } from '../../lambdas/privacy/plain.ts';
import { Vault } from '../../lambdas/privacy/vault.ts';
import { think } from '../../lambdas/process/pipeline.ts';
import { askedAs } from '../support/asked.ts';
import { automations } from '../support/automations.ts';
import { casesOf, sandboxModel } from '../support/verdicts.ts';

/* What the shipped automations come to if somebody turns privacy on: the same, for all that they are tried with. */

const FIXED: PrivacyPolicy = {
  tokens: [
    'card',
    'iban',
    'bank',
    'tax',
    'social',
    'health',
    'passport',
    'licence',
    'secret',
    'url',
    'email',
    'phone',
  ],
};

async function outcome(
  automation: Automation,
  implementation: Implementation,
  { body, lookups }: { body: unknown; lookups?: Case['lookups'] },
  policy?: PrivacyPolicy,
) {
  const id = `${automation.name}_${'a1'.repeat(16)}`;
  const vault = policy && new Vault(id, policy, undefined, { recognise, plain });
  const received = { id, automation: automation.name, generation: 1, body, feedback: [] };
  const asking = await askedAs(automation, { lookups, vault });
  const { asked, searched } = asking;
  const step = { ...sandboxModel, ...asking };
  const context = { automation, implementation, step, vault, asked, searched };
  const { item } = await think(received, context);
  const { verdict, label, proposal } = item;
  return { verdict, label, action: proposal.action, parameters: proposal.parameters };
}

/** Compares accounts and tax numbers with those of its vendors, in `evaluate`: tokens are none of them. */
const COMPARES = new Set(['invoice']);

const POLICIES: readonly [string, PrivacyPolicy][] = [
  ['fixed forms', FIXED],
  ['everything', { tokens: 'all' }],
];

describe.each(automations.map((automation) => [automation.name, automation] as const))(
  '%s',
  (name, automation) => {
    it.each(POLICIES)(
      'does the same, or asks where it compares values, with tokens for %s',
      async (_, policy) => {
        const { implementation } = (await import(`../../automations/${name}/evaluate.ts`)) as {
          implementation: Implementation;
        };
        for (const told of [...automation.examples, ...casesOf(automation)]) {
          const plain = await outcome(automation, implementation, told);
          const hidden = await outcome(automation, implementation, told, policy);
          const asks = COMPARES.has(name) && hidden.verdict === 'ask';
          if (!asks) expect(hidden, JSON.stringify(told.body).slice(0, 200)).toEqual(plain);
        }
      },
    );
  },
);
