import { parseArgs } from 'node:util';
import { numberOption, UsageError } from '../usage.ts';
import { PROFILES, type Profile } from './traffic.ts';

export const USAGE = `npm run load -- --profile sustained|spike|burst [options]

Sends mixed work through every automation that the token may use, follows each
accepted item until it rests, and says what held the work up.
Without --url: through the application that npm start runs, or, where none
runs, through one of its own, which is stopped in the end.

  --profile P      sustained: --rate all the time; spike: three times as much in
                   the middle; burst: ten times as much, at once
  --items N        how many (300)
  --minutes N      as many as --rate makes in so many minutes, in place of --items
  --rate R         items a second (2)
  --seed S         other items, at other times (1)
  --connections N  posts at a time (16)
  --patience N     seconds without any change until what is left is lost (180)
  --outage N       the sandbox's models and destinations are down for so many
                   seconds, from a third of the items on; only on this machine
  --pace N         requests a minute that the sandbox's models take; only in an
                   application of its own (60,000)
  --url U          the deployment there, with
  --token T        a token for it
  --report FILE    where the picture goes (load/ beside the local state)
  --json           one JSON object on standard output, all else on standard error
  --help           this text

Exit code: 0 nothing was lost, 1 an accepted item was, or a repeated post made a
second one, 2 not understood or not possible, 130 broken off with Ctrl-C.`;

export interface LoadOptions {
  profile: Profile;
  items: number;
  rate: number;
  seed: number;
  connections: number;
  patience: number;
  outage: number | undefined;
  /** Requests a minute of the sandbox's endpoint. */
  pace: number | undefined;
  to: { url: string; token: string } | undefined;
  report: string | undefined;
  json: boolean;
  help: boolean;
}

/** @throws UsageError for whatever it does not take */
export function readOptions(argv: readonly string[]): LoadOptions {
  const values = parsed(argv);
  const { url, token, json, help } = values;
  const profile = PROFILES.find((name) => name === values.profile);
  if (!profile && !help)
    throw new UsageError(`--profile must be one of ${PROFILES.join(', ')}${got(values.profile)}`);
  if ((url === undefined) !== (token === undefined))
    throw new UsageError('--url and --token belong together: a token is sent to no other address');
  if (url !== undefined && !/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
    throw new UsageError(`--url must be an http or https address, got '${url}'`);
  const outage = numberOption('outage', values.outage, 1, 3600);
  if (outage !== undefined && url !== undefined)
    throw new UsageError('--outage stops the sandbox of this machine: it goes without --url');
  const pace = numberOption('pace', values.pace, 1, 60_000, true);
  if (pace !== undefined && url !== undefined)
    throw new UsageError('--pace is of the sandbox of this machine: it goes without --url');
  const rate = numberOption('rate', values.rate, 0.01, 1000) ?? 2;
  const minutes = numberOption('minutes', values.minutes, 0.1, 1440);
  const items = numberOption('items', values.items, 1, 200_000, true);
  if (minutes !== undefined && items !== undefined)
    throw new UsageError('--items and --minutes say the same: give one of them');
  return {
    profile: profile ?? 'sustained',
    items: items ?? (minutes === undefined ? 300 : Math.max(1, Math.round(rate * 60 * minutes))),
    ...{ rate, outage, pace, json, help },
    seed: numberOption('seed', values.seed, 0, 1e9, true) ?? 1,
    connections: numberOption('connections', values.connections, 1, 1000, true) ?? 16,
    patience: numberOption('patience', values.patience, 1, 86_400) ?? 180,
    to: url !== undefined && token !== undefined ? { url: url.replace(/\/+$/, ''), token } : undefined,
    report: values.report,
  };
}

function parsed(argv: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  try {
    return parseArgs({
      args: [...argv],
      options: {
        ...{ profile: text, items: text, minutes: text, rate: text, seed: text, connections: text },
        ...{
          patience: text,
          outage: text,
          pace: text,
          url: text,
          token: text,
          report: text,
          json: flag,
          help: flag,
        },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message.split('. To specify')[0]);
  }
}

const got = (text: string | undefined) => (text === undefined ? '' : `, got '${text}'`);
