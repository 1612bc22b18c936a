import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { lintPython } from '../../local/python.ts';
import { type Resource, synthesise } from '../support/synth.ts';

/*
 * The templates of every environment by AWS's own schemas: what a deploy would refuse, without an account. A template takes seconds of
 * a core, and environments differ in little: of others than `prod` those are read that hold a value which none before them holds.
 */

/** What stays, and why. */
const IGNORED = {
  W3005:
    'CDK writes that a function waits for the policy of its role, beside the reference to the role itself',
};

/** The second is any other name than `prod`: all of those are made alike. */
const STAGES = ['prod', 'dev', 'local'];

interface Finding {
  Rule: { Id: string };
  Message: string;
  Location: { Path: unknown[] };
}

it('finds nothing in the templates of any environment', { timeout: 900_000 }, async () => {
  const python = await lintPython((line) => console.error(line));
  const known = new Set<string>();
  const templates: string[] = [];
  for (const stage of STAGES) {
    const { directory } = await synthesise(stage);
    const all = readdirSync(directory).filter((name) => name.endsWith('.template.json'));
    const others = all
      .map((name) => join(directory, name))
      .filter((file) => bringsMore(file, stage, known) || stage === 'prod');
    expect(others.length, stage).toBeGreaterThan(0);
    templates.push(...others);
  }
  const found = await lint(python, templates);
  const left = found.filter(({ Rule }) => !(Rule.Id in IGNORED));
  expect(
    left.map(({ Rule, Message, Location }) => `${Rule.Id} ${Location.Path.join('/')}: ${Message}`),
  ).toEqual([]);
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

/** Exits with the kinds of what it found; only a report that is no list is a failure of its own. */
async function lint(python: string, templates: string[]): Promise<Finding[]> {
  const args = [
    '-c',
    'from cfnlint.runner import main; main()',
    '--format',
    'json',
    '--regions',
    'us-east-1',
    '--template',
    ...templates,
  ];
  const report = await promisify(execFile)(python, args, { maxBuffer: 64 << 20 }).catch(
    (error: { stdout?: string }) => error,
  );
  return JSON.parse(report.stdout ?? '') as Finding[];
}
