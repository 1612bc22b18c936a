import { existsSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { readOptions } from '../../../delivery/options.ts';
import { DUTIES } from '../../../local/capacity/duties.ts';
import { givenBy } from '../../../local/capacity/given.ts';
import { measuredOtherwise, PAGES, RENEW, staleLines, withTables } from '../../../local/capacity/page.ts';
import { QUOTAS, RUNTIME } from '../../../local/capacity/quotas.ts';
import type { Given } from '../../../local/capacity/tables.ts';
import { checkSignalbox, SIGNALBOX } from '../../docs/command-checks.ts';

/* The client's file as it stands in docs/: whatever it is made of has not changed since. */

let given: Given;
beforeAll(async () => {
  given = await givenBy('local/capacity/shipped.config.ts');
}, 120_000);

const read = (path: string) => readFileSync(path, 'utf8');
const CAPACITY = 'docs/capacity.md';

/** Lines of the page that would be stale with something else given. */
const stale = (other: Given, path = CAPACITY) => staleLines(path, read(path), other);

/** With other properties of the functions of this name. */
function withFunction(name: string, properties: Record<string, unknown>): Given {
  const stacks = structuredClone(given.stacks);
  for (const { resources } of stacks)
    for (const { Properties } of Object.values(resources))
      if (String(Properties?.Description).startsWith(`[${name}]`))
        Object.assign(Properties ?? {}, properties);
  return { ...given, stacks };
}

describe('the client’s file', () => {
  it.each(Object.keys(PAGES))('%s is as templates, quotas and benches have it', (path) =>
    expect(staleLines(path, read(path), given)).toEqual([]),
  );

  it('reckons with functions of the memory that they are deployed with', () =>
    expect(measuredOtherwise(given)).toEqual([]));

  it('is refused where a page has lost the marks of a section', () =>
    expect(() => withTables(CAPACITY, 'nothing', given)).toThrow(`${CAPACITY} has lost the marks`));
});

describe('a page is stale, and says in which line and what renews it', () => {
  const lineOf = (begins: string) =>
    read(CAPACITY)
      .split('\n')
      .findIndex((line) => line.startsWith(begins)) + 1;

  it('where a function gets another memory or time', () => {
    const line = lineOf('| `act/act` |');
    expect(line).toBeGreaterThan(0);
    expect(stale(withFunction('act/act', { MemorySize: 300, Timeout: 31 }))).toEqual([
      expect.stringMatching(
        new RegExp(
          `^${CAPACITY}:${line} says "\\| .act/act. \\| 256 .* should say "\\| .act/act. \\| 300 \\| 31 .*${RENEW}$`,
        ),
      ),
    ]);
    expect(measuredOtherwise(withFunction('act/act', { MemorySize: 300 }))).toEqual([
      expect.stringContaining('docs/costs.md has `act/act` with 256 MB, and the template 300'),
    ]);
  });

  it('where a queue is read by more at a time', () => {
    const stacks = structuredClone(given.stacks);
    for (const { resources } of stacks)
      for (const { Properties } of Object.values(resources))
        if (JSON.stringify(Properties?.EventSourceArn ?? '').includes('"actionsqueue'))
          Object.assign(Properties ?? {}, { ScalingConfig: { MaximumConcurrency: 6 } });
    const lines = stale({ ...given, stacks });
    expect(lines).toEqual([expect.stringContaining('queue, 6 × 10 at a time')]);
  });

  it('where a quota is another', () => {
    const quota = QUOTAS.stackResources as { value: number };
    const before = quota.value;
    try {
      quota.value = 600;
      const lines = stale(given);
      expect(lines).toContainEqual(
        expect.stringContaining(`:${lineOf('| CloudFormation | [resources')} says`),
      );
      expect(lines).toContainEqual(expect.stringContaining(`:${lineOf('| resources of a stack |')} says`));
      expect(lines).toHaveLength(2);
    } finally {
      quota.value = before;
    }
  });

  it('where a bench came to another figure', () => {
    const recorded = structuredClone(given.recorded) as typeof given.recorded;
    recorded.models.usd = 0.2;
    const lines = stale({ ...given, recorded });
    expect(lines).toContainEqual(expect.stringContaining('should say "| models, 1,000 items | 0.200 |"'));
    expect(lines).toContainEqual(expect.stringContaining('model budget of a day'));
    for (const line of lines) expect(line).toContain(RENEW);
  });

  it('where an alarm more is deployed', () => {
    const stacks = structuredClone(given.stacks);
    const [platform] = stacks;
    if (platform)
      platform.resources.more = {
        ...{ Type: 'AWS::CloudWatch::Alarm', Properties: { AlarmName: 'here: api/errors' } },
      };
    const lines = stale({ ...given, stacks }, 'docs/maintenance.md');
    expect(lines).toContainEqual(expect.stringContaining('CloudWatch, 2'));
  });
});

describe('what people do', () => {
  const scripts = (JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts;

  it.each(DUTIES.flatMap(({ command }) => command ?? []))('%s is a command', (command) => {
    const words = new RegExp(`^${SIGNALBOX}(\\S+)(?: (.+))?$`).exec(command);
    if (words) return checkSignalbox(words);
    const [, script = '', rest = ''] = /^npm run (\S+)(?: -- (.+))?$/.exec(command) ?? [];
    expect(scripts).toHaveProperty([script]);
    if (script === 'deliver') expect(readOptions(rest.split(' '))).toBeDefined();
    return undefined;
  });

  it.each(DUTIES.map(({ page }) => page))('is told how in %s', (page) =>
    expect(existsSync(`docs/${page.split('#')[0]}`)).toBe(true),
  );

  it('is about the runtime that functions have', () => {
    const all = given.stacks.flatMap(({ resources }) => Object.values(resources));
    const functions = all.filter(({ Type }) => Type === 'AWS::Lambda::Function');
    expect(new Set(functions.map(({ Properties }) => Properties?.Runtime))).toEqual(new Set([RUNTIME.name]));
  });
});

it('every quota has a page of AWS and says how it is known', () => {
  for (const { url } of Object.values(QUOTAS))
    expect(url).toMatch(/^https:\/\/(?:docs\.aws\.amazon\.com|repost\.aws)\//);
});
