import { expect } from 'vitest';
import { readOptions as readDeliverOptions } from '../../delivery/options.ts';
import { shell, wordsOf } from './command-checks.ts';
import { read } from './fences.ts';

export interface Treatment {
  matches: RegExp;
  how: 'run' | 'live' | 'checked';
  check?(match: RegExpExecArray): void;
}

/** With a digest where the page has the variable. */
const given = (rest: string) => wordsOf(rest).map((word) => (word === '$DIGEST' ? 'a'.repeat(64) : word));

/** Of docs/delivery.md. */
export const DELIVERY: readonly Treatment[] = [
  { matches: /^npx cdk bootstrap$/, how: 'checked' },
  {
    // test/delivery/pipeline/by-hand.test.ts runs all of them, as they stand there.
    matches: /^npm run (?:-s )?deliver -- (.+)$/,
    how: 'checked',
    check: ([, rest = '']) => expect(readDeliverOptions(given(rest))).toBeDefined(),
  },
  { matches: /^git worktree add --detach \S+ origin\/main$/, how: 'checked' },
  {
    matches: /^\(cd \.\.\/base && npm ci && npm run deliver -- (.+)\)$/,
    how: 'checked',
    check: ([, rest = '']) => expect(readDeliverOptions(given(rest))).toBeDefined(),
  },
  {
    matches:
      /^aws cloudformation deploy --template-file (\S+) --stack-name \S+ --region \S+ --capabilities CAPABILITY_NAMED_IAM --parameter-overrides (.+)$/,
    how: 'checked',
    check: ([, file = '', parameters = '']) => {
      const { Parameters } = JSON.parse(read(file)) as {
        Parameters: Record<string, { AllowedPattern?: string }>;
      };
      for (const [name = '', value = ''] of parameters.split(' ').map((it) => it.split('=')))
        expect(value).toMatch(new RegExp(`^${Parameters[name]?.AllowedPattern ?? 'no such parameter'}$`));
    },
  },
  {
    matches:
      /^npx cdk bootstrap aws:\/\/\d{12}\/[\w-]+ --cloudformation-execution-policies \S+:policy\/([\w-]+) --custom-permissions-boundary ([\w-]+)$/,
    how: 'checked',
    check: ([, ...names]) => {
      for (const name of names)
        expect(read('delivery/aws/account.template.json')).toContain(`"ManagedPolicyName": "${name}"`);
      for (const option of ['--cloudformation-execution-policies', '--custom-permissions-boundary'])
        expect(shell('cdk bootstrap --help')).toContain(option);
    },
  },
];
