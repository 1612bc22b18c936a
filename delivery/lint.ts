import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { lintPython } from '../local/python.ts';

/** What cfn-lint finds and what stays, and why. */
export const IGNORED: Readonly<Record<string, string>> = {
  W3005:
    'CDK writes that a function waits for the policy of its role, beside the reference to the role itself',
};

export interface Finding {
  Rule: { Id: string };
  Message: string;
  Location: { Path: unknown[] };
}

/** Holds templates against AWS's own schemas. Exits with the kinds of what it found; only a report that is no list is a failure. */
export async function lint(templates: readonly string[], region: string): Promise<Finding[]> {
  const python = await lintPython((line) => console.error(line));
  const args = ['-c', 'from cfnlint.runner import main; main()', '--format', 'json'];
  const report = await promisify(execFile)(
    python,
    [...args, '--regions', region, '--template', ...templates],
    { maxBuffer: 64 << 20 },
  ).catch((error: { stdout?: string }) => error);
  return JSON.parse(report.stdout ?? '') as Finding[];
}

export const findingWords = ({ Rule, Message, Location }: Finding): string =>
  `${Rule.Id} ${Location.Path.join('/')}: ${Message}`;
