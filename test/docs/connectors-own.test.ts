import { readdirSync } from 'node:fs';
import { transformSync } from 'esbuild';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { Action } from '../../lambdas/contract/automation.ts';
import * as parameters from '../../lambdas/contract/parameters.ts';
import { faultsInRules } from '../../lib/checks/connectors/rules.ts';
import { destination } from '../../lib/destination-config.ts';
import { fences } from './fences.ts';

/* The pages of the connectors: what they tell their reader to write is what the schema and synth take. */

const PAGES = readdirSync('docs').filter((name) => /^connectors-\w+\.md$/.test(name));

/** A part of an object, as a page shows it. */
function part(text: string): Record<string, unknown> {
  const { code } = transformSync(`(${`{${text}}`})`, { loader: 'ts' });
  const names = ['z', ...Object.keys(parameters)];
  return new Function(...names, `return ${code}`)(z, ...Object.values(parameters));
}

const shown = (page: string, what: string) =>
  fences(`docs/${page}`).filter(({ language, info }) => language === 'ts' && Object.hasOwn(info, what));

describe.each(PAGES)('%s', (page) => {
  const [config, more] = shown(page, 'config').map(({ text }) => part(text));
  const [actions] = shown(page, 'action').map(({ text }) => part(text) as Record<string, Action>);
  const connector = /-(\w+)\.md$/.exec(page)?.[1] ?? '';

  it('shows a destination that the configuration takes', () => {
    expect(more).toBeUndefined();
    for (const one of Object.values(config?.destinations as object)) {
      expect(destination.parse(one)).toMatchObject({ connector });
    }
  });

  it('shows an action at that destination that synth takes', () => {
    const [action] = Object.values(actions ?? {});
    expect(Object.keys(config?.destinations as object)).toContain(action?.destination);
    const templates = { answer: { text: '{passages}' } };
    expect(faultsInRules({ templates }, action as Action, connector)).toEqual([]);
    expect(action?.describe({ to: 'a@example.com', order: 'A-1', team: 'Sales' })).not.toContain('undefined');
  });
});

it('has a page for each kind that takes no request and no call of ours', () => {
  expect(PAGES.map((name) => name.slice(11, -3)).sort()).toEqual(['email', 'event', 'forward', 'slack']);
});
