import { describe, expect, it, vi } from 'vitest';
import { describe as described } from '../../../lambdas/api/mcp/describe.ts';
import { toolsFor } from '../../../lambdas/api/mcp/tools.ts';
import { itemSchema } from '../../../lambdas/api/openapi/schemas.ts';
import { registryEntry } from '../../../lib/parts/registry.ts';
import { automations } from '../../support/automations.ts';
import { fits } from '../../support/json-schema.ts';

vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

const entries = automations.map(registryEntry);
const tools = toolsFor(entries);
const [getItem] = toolsFor([]) as [ReturnType<typeof toolsFor>[number]];

describe('the tools', () => {
  it.each(entries.map((entry) => [entry.name, entry] as const))(
    'take what the automation takes, and say what becomes of it: %s',
    (name, entry) => {
      const tool = tools.find((it) => it.name === name);
      expect(tool?.inputSchema).toEqual(entry.schema);
      expect(tool?.description).toContain(entry.purpose);
      for (const action of entry.actions)
        expect(tool?.description).toContain(`Action ${action.name}: ${action.risk}`);
      // It is read with every request of an agent.
      expect(tool?.description?.length).toBeLessThan(3000);
    },
  );

  it('are as careful as the automation is dangerous', () => {
    const hints = Object.fromEntries(tools.map(({ name, annotations }) => [name, annotations]));
    expect(hints['refund-request']).toMatchObject({ readOnlyHint: false, destructiveHint: true });
    expect(hints.get_item).toMatchObject({ readOnlyHint: true });
  });

  it('have names that the protocol takes, each once', () => {
    const names = tools.map(({ name }) => name);
    expect(names.filter((name) => !/^[A-Za-z0-9_.-]{1,64}$/.test(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('announce documents only where an automation takes some', () => {
    const taking = entries.filter(({ documents }) => documents);
    const without = entries.filter(({ documents }) => !documents);
    expect(toolsFor(without).map(({ name }) => name)).toEqual([
      ...without.map(({ name }) => name),
      'get_item',
    ]);
    const upload = toolsFor(entries).find(({ name }) => name === 'upload_document');
    expect(upload?.inputSchema.properties).toMatchObject({
      automation: { enum: taking.map(({ name }) => name) },
    });
  });

  it('tell of an item what the API tells', () => {
    const { properties = {} } = getItem.outputSchema as { properties?: object };
    const own = ['itemStatus'];
    expect(
      Object.keys(properties).filter((name) => !own.includes(name) && !(name in itemSchema.shape)),
    ).toEqual([]);
  });
});

it('a description says what asks a person, in words', () => {
  const refund = entries.find(({ name }) => name === 'refund-request');
  const lines = refund ? described(refund).split('\n') : [];
  expect(lines.slice(1, 6)).toEqual([
    'Rules decide about each call, not the caller: it is carried out at once, put before a person, or refused.',
    '- Action refund: consequential, cannot be undone. Asks a person beyond 99.99 for the same subject in 90 days, 300.00 for the same customer in 90 days, 10000.00 in a day.',
    '- Action deny: routine, can be undone.',
    '- Action review: routine, can be undone.',
    '- Action tell: routine, cannot be undone. Asks a person beyond 5 times to one recipient in a day.',
  ]);
  expect(lines.slice(6).map((line) => line.slice(0, line.indexOf(':')))).toEqual([
    'Example that is carried out at once',
    'Example that asks a person',
    'Example that is refused',
  ]);
});

it('examples in descriptions fit the schema they stand beside', () => {
  for (const entry of entries)
    for (const [, text = ''] of described(entry).matchAll(/^Example that .*?: (\{.*\})$/gm))
      expect(fits(entry.schema as Record<string, unknown>, JSON.parse(text)), entry.name).toBe(true);
});
