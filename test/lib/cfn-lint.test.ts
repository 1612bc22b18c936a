import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { lintPython } from '../../local/python.ts';
import { synthesise } from '../support/synth.ts';

/* The templates of every environment by AWS's own schemas: what a deploy would refuse, without an account. */

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

it('finds nothing in the templates of any environment', { timeout: 300_000 }, async () => {
  const python = await lintPython((line) => console.error(line));
  const apps = await Promise.all(STAGES.map((stage) => synthesise(stage)));
  const templates = apps.flatMap(({ directory }) =>
    readdirSync(directory)
      .filter((name) => name.endsWith('.template.json'))
      .map((name) => join(directory, name)),
  );
  expect(templates.length).toBeGreaterThanOrEqual(3 * STAGES.length);
  const found = await lint(python, templates);
  const left = found.filter(({ Rule }) => !(Rule.Id in IGNORED));
  expect(
    left.map(({ Rule, Message, Location }) => `${Rule.Id} ${Location.Path.join('/')}: ${Message}`),
  ).toEqual([]);
  expect(Object.keys(IGNORED).filter((id) => !found.some(({ Rule }) => Rule.Id === id))).toEqual([]);
});

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
