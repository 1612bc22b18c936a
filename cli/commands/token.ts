import { type ClientLimits, DEFAULT_LIMITS } from '../../lambdas/contract/client-limits.ts';
import { secretName } from '../../lambdas/contract/names.ts';
import { newLinkToken, sha256 } from '../../lambdas/kit/digest.ts';
import { automationNames } from '../../local/outputs.ts';
import type { Command, Input } from '../command.ts';
import { localOutputs } from '../connect.ts';
import { UsageError } from '../errors.ts';
import { addLocalClient } from '../local-clients.ts';
import { stageOption } from '../stage.ts';
import { printJson, type Terminal } from '../terminal.ts';

const SECRET = 'signalbox/clients';
const NAME = /^[a-z][a-z0-9-]{0,39}$/;

export const token: Command = {
  name: 'token',
  summary: 'Make a client token, and its entry for the account',
  usage: `signalbox token <client> --automations A,B [options]

  --automations A,B  the automations it may use; '*', in quotes, for all
  --operator         it sees the items of every client, not only its own
  --auditor          it reads the audit record and the statistics
  --stage S          the stage whose secret the printed commands write (dev)
  --rate N           posts a second in the long run (10)
  --burst N          posts that may come at once (100)
  --per-day N        posts a day, UTC (10000)
  --local            add it to the local run of npm start, at once

The token is shown once and stored nowhere: the account holds its SHA-256. Its
entry also has a key that the client checks its callbacks with.
Without --local nothing is changed: it prints the commands that add it.`,
  example: ['token', 'web-shop', '--automations', 'refund-request,support-triage'],
  arguments: ['client'],
  options: {
    ...{ automations: 'text', stage: 'text', operator: 'flag', auditor: 'flag', local: 'flag' },
    ...{ rate: 'text', burst: 'text', 'per-day': 'text' },
  },
  async run(input, terminal) {
    const secret = secretName(stageOf(input), SECRET);
    const asked = { automations: automationsIn(input), role: roleOf(input), limits: limitsIn(input) };
    const made = makeToken(input.argument(0) ?? '', asked, secret);
    await warnOfUnknown(made.entry.automations, terminal);
    const outputs = input.flag('local') ? await localOutputs() : undefined;
    if (outputs) await addLocalClient(secret, made.entry, outputs);
    if (input.json) return printJson(terminal, made);
    if (outputs) return terminal.out(localText(made, outputs.apiUrl));
    terminal.out(
      [
        `The token of ${made.entry.name}, shown only once:`,
        '',
        `  ${made.token}`,
        '',
        `Its entry in the secret ${secret}:`,
        '',
        `  ${JSON.stringify(made.entry)}`,
        '',
        'The callbackKey in it signs the callbacks of this client; everybody who may read the secret can read it.',
        '',
        'To add it, with credentials and region of the AWS account; the entries of other clients stay:',
        '',
        indent(made.command),
        '',
        'For the first client of an account, while the secret holds no clients yet:',
        '',
        indent(made.firstCommand),
        '',
        'After that, the API knows the new token within five seconds. A changed or removed entry',
        'stays in force for up to five minutes.',
        '',
        'A local run (npm start) has a token in its outputs.json already; --local adds this client there.',
      ].join('\n'),
    );
  },
};

function localText({ token: secret, entry }: ReturnType<typeof makeToken>, apiUrl: string): string {
  return [
    `The token of ${entry.name}, shown only once:`,
    '',
    `  ${secret}`,
    '',
    'The local run has its entry, and knows it within five seconds. To use it:',
    '',
    `  export SIGNALBOX_API_URL=${apiUrl} SIGNALBOX_TOKEN=${secret}`,
  ].join('\n');
}

/** An account may hold automations that this repository lacks: a warning, not a refusal. */
async function warnOfUnknown(names: readonly string[], terminal: Terminal): Promise<void> {
  const known = await automationNames();
  const strange = names.filter((name) => name !== '*' && !known.includes(name));
  if (strange.length === 0) return;
  terminal.err(
    `this repository has no automation ${strange.map((name) => `'${name}'`).join(', ')}; there are: ${known.join(', ')}. The token names it all the same`,
  );
}

/** A token for all automations, future ones included, must say so explicitly. */
function automationsIn(input: Input): string[] {
  const asked = input.option('automations');
  if (asked === undefined) {
    throw new UsageError(
      "--automations is missing: name those that the client may use, as in --automations refund-request, or '*' for all",
    );
  }
  const names = asked.split(',').map((part) => part.trim());
  const wrong = names.find((part) => !(NAME.test(part) || (part === '*' && names.length === 1)));
  if (wrong === undefined) return names;
  throw new UsageError(`--automations must be names joined by ',' or '*' alone, got '${asked}'`);
}

function roleOf(input: Input): string {
  const roles = ['operator', 'auditor'].filter((role) => input.flag(role));
  if (roles.length > 1) throw new UsageError('a token has one role: leave out --operator or --auditor');
  return roles[0] ?? 'client';
}

function stageOf(input: Input): string {
  const stage = input.option('stage');
  if (input.flag('local')) {
    if (stage === undefined || stage === 'local') return 'local';
    throw new UsageError(`--local adds to the stage 'local': leave out --stage ${stage}`);
  }
  return stageOption(input);
}

function limitsIn(input: Input): ClientLimits {
  const { rate, quota } = DEFAULT_LIMITS;
  return {
    rate: {
      perSecond: input.number('rate', 1, 10_000) ?? rate.perSecond,
      burst: input.number('burst', 1, 100_000) ?? rate.burst,
    },
    quota: { perDay: input.number('per-day', 0, 1_000_000_000) ?? quota.perDay },
  };
}

function makeToken(
  name: string,
  { automations, role, limits }: { automations: string[]; role: string; limits: ClientLimits },
  secretId: string,
) {
  if (!NAME.test(name)) {
    throw new UsageError(`<client> must be lower-case letters, digits and '-', at most 40, got '${name}'`);
  }
  const bearer = `sb_${newLinkToken()}`;
  const entry = {
    name,
    sha256: sha256(bearer),
    automations,
    role,
    ...limits,
    callbackKey: newLinkToken(),
  };
  return {
    token: bearer,
    entry,
    command: addCommand(entry, secretId),
    firstCommand: put(`'${JSON.stringify({ clients: [entry] })}'`, secretId),
  };
}

/**
 * `put-secret-value` replaces the whole secret, so it is read first. If that fails or holds no clients,
 * nothing is written. Node.js is available wherever this runs; jq is not.
 */
function addCommand(entry: { name: string }, secretId: string): string {
  const script = [
    'const s = JSON.parse(require("fs").readFileSync(0))',
    `s.clients = [...s.clients.filter((c) => c.name !== "${entry.name}"), ${JSON.stringify(entry)}]`,
    'JSON.stringify(s)',
  ].join('; ');
  return [
    `clients=$(aws secretsmanager get-secret-value --secret-id ${secretId} --query SecretString --output text |`,
    `  node -pe '${script}') &&`,
    put('"$clients"', secretId),
  ].join('\n');
}

function put(value: string, secretId: string): string {
  return `aws secretsmanager put-secret-value --secret-id ${secretId} --secret-string ${value}`;
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}
