import { readFileSync } from 'node:fs';
import type { Construct } from 'constructs';
import { expect, it } from 'vitest';
import type { Bundled } from '../../lib/parts/bundled.ts';
import { CARRIED } from '../../lib/parts/bundled.ts';
import { Handler } from '../../lib/parts/handler.ts';
import { content } from '../../lib/parts/uses/files.ts';
import { every, table } from '../../lib/parts/uses.ts';
import type { Data } from '../../lib/platform/data.ts';
import type { Foundation } from '../../lib/platform/foundation.ts';
import { sources, withoutComments } from '../support/sources.ts';

const house = sources('lib', 'lambdas');

it('of a function are its variables and its rights together: neither compiles without the other', () => {
  // Never called: what is wrong here is so for the compiler, and `npm run typecheck` fails where it is not.
  const wrong = (scope: Construct, data: Data, about: { foundation: Foundation; description: string }) => {
    const audit = table(data, 'AUDIT_TABLE', every('PartiQLInsert'));
    const control = table(data, 'CONTROL_TABLE', every('GetItem'));
    new Handler(scope, 'operate/probe', { ...about, uses: [audit, control], tells: { ITEM_DAYS: '1' } });
    // @ts-expect-error CONTROL_TABLE is in the row, and nothing provides it
    new Handler(scope, 'operate/probe', { ...about, uses: [audit], tells: { ITEM_DAYS: '1' } });
    // @ts-expect-error ITEM_DAYS is in the row, and nothing tells it
    new Handler(scope, 'operate/probe', { ...about, uses: [audit, control] });
    const wide = [audit, control, content(data, '*', 'GetObject')] as const;
    // @ts-expect-error CONTENT_BUCKET is not in the row: no right without its variable
    new Handler(scope, 'operate/probe', { ...about, uses: wide, tells: { ITEM_DAYS: '1' } });
    const both = [audit, control];
    // @ts-expect-error STAGE is not in the row
    new Handler(scope, 'operate/probe', { ...about, uses: both, tells: { ITEM_DAYS: '1', STAGE: 'dev' } });
    // @ts-expect-error a table needs a right
    table(data, 'AUDIT_TABLE');
  };
  expect(wrong).toBeTypeOf('function');
});

it('are the only way to a right: nothing else in lib/ grants one to a function', () => {
  const grants = house
    .filter(({ path }) => path.startsWith('lib/') && !/parts\/(?:uses|uses\/\w+|permissions)\.ts$/.test(path))
    .flatMap(({ path, code }) =>
      [...withoutComments(code).matchAll(/\b(\w+)\.(grant\w*|addToRolePolicy)\(/g)].map(
        ([, what, how]) => `${path}: ${what}.${how}`,
      ),
    );
  expect(grants).toEqual([
    // The state machine is no function, and has no variables.
    'lib/automation/automation-stack.ts: machine.addToRolePolicy',
    'lib/automation/batch.ts: machine.addToRolePolicy',
    // What Lambda itself does for a function that is in a network: its code calls none of it.
    'lib/hardening/vpc.ts: node.addToRolePolicy',
    // Each function's own log.
    'lib/parts/handler.ts: logGroup.grantWrite',
  ]);
  const helpers = house.flatMap(({ path, code }) =>
    /import \{[^}]*\bgrant\w+[^}]*\} from '[^']*permissions\.ts'/.test(code) ? [path] : [],
  );
  expect(helpers).toEqual([
    'lib/automation/automation-stack.ts',
    'lib/parts/uses.ts',
    'lib/parts/uses/files.ts',
  ]);
});

it('of bundled modules are written down in one place, and are what the entry files import', () => {
  for (const [handler, carried] of Object.entries(CARRIED)) {
    const { imports = [] } = house.find(({ path }) => path === `lambdas/${handler}.lambda.ts`) ?? {};
    const imported = imports.filter((it) => it.startsWith('@bundled/'));
    expect(imported.sort(), handler).toEqual(carried.map((module) => `@bundled/${module}`).sort());
  }
  const declared = house.flatMap(({ code }) => [...code.matchAll(/declare module '@bundled\/(\w+)'/g)]);
  const written: (keyof Bundled | 'automation' | 'implementation')[] = Object.values(CARRIED).flat();
  expect(declared.map(([, name]) => name).sort()).toEqual([...new Set(written)].sort());
});

it('of services of AWS are all told to whoever has a network of their own', () => {
  const WORDS: Record<string, string> = {
    ...{ dynamodb: 'DynamoDB', sqs: 'SQS', states: 'Step Functions', ses: 'SES', events: 'EventBridge' },
    ...{ secretsmanager: 'Secrets Manager', s3: 'S3', lambda: 'Lambda', sns: 'SNS' },
    ...{ monitoring: 'CloudWatch' },
  };
  // Clients of the SDK, and calls that are signed without one.
  const called = house
    .filter(({ path }) => path.startsWith('lambdas/kit/'))
    .flatMap(({ code }) => [
      ...[...code.matchAll(/new \w+Client\([^;\n]*?'(\w+)'\)/g)].map(([, service = '']) => service),
      ...[...code.matchAll(/\b(?:post|asked|signerOf)\('(\w+)'/g)].map(([, service = '']) => service),
    ]);
  expect(new Set(called)).toEqual(new Set(Object.keys(WORDS)));
  const hardening = readFileSync('docs/hardening.md', 'utf8');
  const [told = ''] = /They call .* outside of AWS/.exec(hardening) ?? [];
  for (const word of [...Object.values(WORDS), 'X-Ray', 'CloudWatch Logs'])
    expect(told, word).toMatch(new RegExp(`(?:call|and|,) ${word}(?:,| and| \\()`));
});
