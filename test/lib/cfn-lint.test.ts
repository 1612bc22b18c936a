import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findingWords, IGNORED, lint } from '../../delivery/lint.ts';
import { type Resource, synthesise } from '../support/synth.ts';

/*
 * The templates of every environment by AWS's own schemas: what a deploy would refuse, without an account. A template takes seconds of
 * a core, and environments differ in little: of others than `prod` those are read that hold a value which none before them holds.
 */

/** The second is any other name than `prod`: all of those are made alike. */
const STAGES = ['prod', 'dev', 'local'];

it('finds nothing in the templates of any environment', { timeout: 900_000 }, async () => {
  const known = new Set<string>();
  // What an account gets once lies in the repository as it is.
  const templates: string[] = ['delivery/aws/account.template.json'];
  for (const stage of STAGES) {
    const { directory } = await synthesise(stage);
    const all = readdirSync(directory).filter((name) => name.endsWith('.template.json'));
    const others = all
      .map((name) => join(directory, name))
      .filter((file) => bringsMore(file, stage, known) || stage === 'prod');
    expect(others.length, stage).toBeGreaterThan(0);
    templates.push(...others);
  }
  const found = await lint(templates, 'us-east-1');
  const left = found.filter(({ Rule }) => !(Rule.Id in IGNORED));
  expect(left.map(findingWords)).toEqual([]);
  expect(Object.keys(IGNORED).filter((id) => !found.some(({ Rule }) => Rule.Id === id))).toEqual([]);
});

/** Whether a template has a value that none before it has at that place. All of them are known then. */
function bringsMore(file: string, stage: string, known: Set<string>): boolean {
  const { Resources } = JSON.parse(readFileSync(file, 'utf8')) as { Resources: Record<string, Resource> };
  const before = known.size;
  const take = (value: unknown, place: string) => {
    if (typeof value === 'object' && value !== null)
      for (const [name, part] of Object.entries(value))
        take(part, `${place}/${Array.isArray(value) ? '*' : name}`);
    else known.add(`${place} ${valueIn(stage, value)}`);
  };
  for (const { Metadata: _, ...resource } of Object.values(Resources)) take(resource, resource.Type);
  return known.size > before;
}

/** Names differ by their environment, digests by everything. */
const valueIn = (stage: string, value: unknown) =>
  typeof value === 'string' && value.includes(stage)
    ? 'a name'
    : String(value).replaceAll(/[0-9a-f]{64}|(?<=[A-Za-z])[0-9A-F]{8}/g, '#');
