import { parseArgs } from 'node:util';
import { numberOption, UsageError } from '../local/usage.ts';

export const COMMANDS = [
  'synth',
  'digest',
  'lint',
  'diff',
  'check',
  'deploy',
  'smoke',
  'watch',
  'keep',
  'rollback',
  'drift',
] as const;

export type DeliverCommand = (typeof COMMANDS)[number];

export const USAGE = `npm run deliver -- <command> <environment> [options]

  synth     make the assembly of one or more environments from this commit,
            without credentials, and write down what it is
  digest    print the digest of an assembly, after every file was looked at
  lint      hold its templates against AWS's schemas (cfn-lint)
  diff      print what it would do, as Markdown
  check     the same, and end with 1 where something would be lost that no
            commit accepts
  deploy    check, then deploy it, unchanged
  smoke     send one item through an automation until it rests, then health
  watch     wait, and end with 1 when an alarm goes off that tells of a bad
            deployment
  keep      keep it as good: a rollback comes back to the newest of these
  rollback  deploy the newest good assembly again, or that of --to; what is
            deployed now counts as bad, and is not deployed again
  drift     end with 1 where something is not as the last good assembly has it

  --assembly DIR   where the assembly is (assemblies/<environment>); synth
                   makes it there
  --config FILE    signalbox.config.ts, if left out
  --digest HEX     refuse an assembly with another digest
  --before DIR     compare with that assembly, not with what is deployed: then
                   no credentials are needed
  --automation A   where smoke sends its item, with
  --example NAME   one of the automation's own examples, or
  --body FILE      this body
  --expect S,T     statuses in which the item may rest (done, refused,
                   waiting_approval)
  --seconds N      how long smoke waits for it (300)
  --minutes N      how long watch looks (15)
  --to COMMIT      which kept assembly rollback takes; the newest good one that
                   is not deployed now, if left out
  --failed HEX     rollback does nothing where another digest is deployed
  --help           this text

check, deploy, smoke, watch, keep, rollback and drift work on the account that
'environments' of the configuration names, with the AWS credentials at hand.
smoke needs a token as well, in SIGNALBOX_TOKEN.

Exit code: 0 done, 1 refused or failed, 2 not understood.`;

export interface Options {
  command: DeliverCommand;
  /** More than one for `synth` alone. */
  environments: readonly string[];
  assembly: string | undefined;
  config: string;
  digest: string | undefined;
  before: string | undefined;
  automation: string | undefined;
  example: string | undefined;
  body: string | undefined;
  expect: readonly string[];
  seconds: number;
  minutes: number;
  to: string | undefined;
  failed: string | undefined;
}

const TEXTS = [
  ...(['assembly', 'config', 'digest', 'before', 'automation', 'example', 'body', 'to', 'failed'] as const),
] as const;

/** @returns undefined where help was asked for. @throws UsageError for what it does not take */
export function readOptions(argv: readonly string[]): Options | undefined {
  const { values, positionals } = parsed(argv);
  if (values.help) return undefined;
  const [command, ...environments] = positionals;
  const known = COMMANDS.find((one) => one === command);
  if (!known)
    throw new UsageError(`the first word must be one of ${COMMANDS.join(', ')}, got '${command ?? ''}'`);
  for (const name of environments)
    if (!/^[a-z][a-z0-9]{0,9}$/.test(name))
      throw new UsageError(`an environment must be 1 to 10 lower-case letters or digits, got '${name}'`);
  if (environments.length === 0)
    throw new UsageError(`${known} of which environment? For example: ${known} staging`);
  if (environments.length > 1 && (known !== 'synth' || values.assembly !== undefined))
    throw new UsageError(`one environment, got ${environments.join(', ')}`);
  for (const name of ['digest', 'failed'] as const)
    if (values[name] !== undefined && !/^[0-9a-f]{64}$/.test(values[name]))
      throw new UsageError(
        `--${name} must be the 64 hexadecimal digits that 'digest' prints, got '${values[name]}'`,
      );
  if (values.to !== undefined && !/^[0-9a-f]{7,64}$/.test(values.to))
    throw new UsageError(`--to must be a commit, at least 7 digits of it, got '${values.to}'`);
  if (known === 'smoke') checkSmoke(values);
  const texts = Object.fromEntries(TEXTS.map((name) => [name, values[name]]));
  return {
    ...(texts as Pick<Options, (typeof TEXTS)[number]>),
    command: known,
    environments,
    config: values.config ?? 'signalbox.config.ts',
    expect: (values.expect ?? 'done,refused,waiting_approval').split(','),
    seconds: numberOption('seconds', values.seconds, 1, 3600) ?? 300,
    minutes: numberOption('minutes', values.minutes, 0, 600) ?? 15,
  };
}

function checkSmoke({ automation, example, body }: Values): void {
  if (automation === undefined) throw new UsageError('smoke needs --automation: where it sends its item');
  if ((example === undefined) === (body === undefined))
    throw new UsageError('smoke needs --example or --body, and not both');
}

type Values = ReturnType<typeof parsed>['values'];

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        ...{ assembly: { type: 'string' }, config: { type: 'string' }, digest: { type: 'string' } },
        ...{ before: { type: 'string' }, automation: { type: 'string' }, example: { type: 'string' } },
        ...{ body: { type: 'string' }, expect: { type: 'string' }, seconds: { type: 'string' } },
        ...{
          minutes: { type: 'string' },
          to: { type: 'string' },
          failed: { type: 'string' },
          help: { type: 'boolean' },
        },
      } as const,
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
