import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as z from 'zod';
import { WEEKDAYS } from '../lambdas/contract/approval-settings.ts';
import { STATUSES } from '../lambdas/contract/item/status.ts';
import { faultsInCalendar } from '../lambdas/kit/calendar.ts';
import { faultsOf, inWords } from './config-faults.ts';
import { destination } from './destination-config.ts';
import { endpoint, HTTP, name, positive } from './endpoint-config.ts';
import { environmentName, environments } from './environment-config.ts';
import { hardening } from './hardening-config.ts';
import { source } from './source-config.ts';

const url = z.url(HTTP);
const days = z.int().min(1).max(3650);

const oidc = z.strictObject({
  /** The provider's issuer, exactly as its discovery document has it. */
  issuer: z.url().refine(
    // Plain http reaches this machine alone: a provider that a test runs.
    (text) =>
      /^https:\/\/[^?#]+$|^http:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?(?:\/[^?#]*)?$/.test(text),
    'must be an https URL without query and fragment',
  ),
  clientId: z.string().min(1),
  /** Secrets Manager name of `{"clientSecret": "…"}`; the stack creates it, a person fills it. */
  secret: z.string().startsWith('signalbox/').default('signalbox/oidc'),
  /** The claim of the ID token with the address that has a role. People must not be able to change it themselves. */
  emailClaim: z.string().min(1).default('email'),
  /** False: the provider is the only way in. */
  mailedLinks: z.boolean().default(true),
});

/** Lower-case: an address stands for one person, however it is typed. */
const person = z.email().regex(/^[^A-Z]*$/, 'must be lower-case');

const approver = z.strictObject({
  email: person,
  /** Slack member id: asked there as well. */
  slack: z
    .string()
    .regex(/^[UW][A-Z0-9]{2,20}$/, 'must be a Slack member id such as "U02ABCDEF"')
    .optional(),
});

const calendar = z
  .strictObject({
    /** IANA name, such as `Europe/Berlin`. */
    timeZone: z.string(),
    days: z.array(z.enum(WEEKDAYS)).min(1),
    /** Working hours on that zone's clock, `09:00` to `17:00`. */
    from: z.string(),
    to: z.string(),
    /** `YYYY-MM-DD`. */
    holidays: z.array(z.string()).default([]),
  })
  .superRefine((value, context) => {
    for (const message of faultsInCalendar(value)) context.addIssue({ code: 'custom', message });
  });

const approvals = z.strictObject({
  /** Seconds in which a decision on a reversible action may be taken back; 0 carries it at once. */
  undoSeconds: z.int().min(0).max(600).default(10),
  /** Minutes for which "I am working on it" keeps others off. */
  claimMinutes: positive.max(480).default(15),
  /** Hours after which the console asks to sign in again. */
  sessionHours: positive.max(72).default(8),
  /** A decision faster than this counts as fast in the statistics. */
  fastSeconds: positive.max(600).default(5),
  /** What an hour of an approver's attention costs, in US dollars: the statistics count with it. */
  attentionUsdPerHour: z.number().min(0).max(10_000).default(60),
});

const domain = z
  .string()
  .regex(
    /^(?=.{4,200}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$/,
    'must be a lower-case domain such as "in.example.com"',
  );

/** Instances that are kept warm, and billed by the hour. */
const warm = z.int().min(0).max(1000).default(0);

const configSchema = z.strictObject({
  /** Mails to approvers come from this address; verify it in SES first. */
  sender: z.email(),
  mail: z
    .strictObject({
      /** Mails a second that SES takes of the account: one in its sandbox. Questions to approvers go out no faster. */
      perSecond: positive.max(1000).default(1),
      /** Mails that come in, for automations with a door for them. @default none are received */
      inbound: z
        .strictObject({
          /** Name of the account's active receipt rule set of SES: a person makes one, and makes it active. */
          ruleSet: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, "_" or "-"'),
          /** One domain for each environment: its MX record names SES in the region of the stack. Addresses are `<automation>@<domain>`. */
          domains: z
            .record(environmentName, domain)
            .refine(
              (all) => new Set(Object.values(all)).size === Object.keys(all).length,
              'must be one domain for each environment',
            ),
        })
        .optional(),
    })
    .default({ perSecond: 1 }),
  /** These people are told of parked and quarantined items and of alarms. */
  operators: z.array(person),
  /** Told of urgent alarms as well, at any hour: addresses, and https addresses of a pager that takes notifications of SNS. */
  onCall: z
    .array(
      z.union([person, z.url({ protocol: /^https$/ })], {
        error: 'must be a lower-case mail address or an https address',
      }),
    )
    .default([]),
  approverGroups: z.record(name, z.array(approver).min(1)).superRefine((groups, context) => {
    const ids = new Map<string, Set<string>>();
    for (const { email, slack } of Object.values(groups).flat()) {
      for (const key of [email, ...(slack ? [slack] : [])])
        ids.set(key, (ids.get(key) ?? new Set()).add(key === email ? (slack ?? 'none') : email));
    }
    for (const [key, others] of ids) {
      const message = `'${key}' stands for more than one person: ${[...others].join(', ')}`;
      if (others.size > 1) context.addIssue({ code: 'custom', message });
    }
  }),
  /** Who answers for automations, by what each has as `owner`: they review it, and read how it goes in the console. */
  owners: z.record(z.string().min(1).max(100), z.array(person).min(1)).default({}),
  /** These people get the report of each week, on Monday morning. */
  reportTo: z.array(person).default([]),
  /** These people read every question and the audit in the console, and decide nothing. */
  auditors: z.array(person).default([]),
  /** Working time, for approval policies that name a calendar. */
  calendars: z.record(name, calendar).default({}),
  /** Asks approvers in Slack too, those that have a member id. @default mail only */
  slack: z
    .strictObject({
      /** Secrets Manager name of `{"botToken": "xoxb-…", "signingSecret": "…"}`; the stack creates it, a person fills it. */
      secret: z.string().startsWith('signalbox/').default('signalbox/slack'),
      apiUrl: url.default('https://slack.com/api'),
    })
    .optional(),
  approvals: approvals.prefault({}),
  console: z
    .strictObject({
      /** People sign in to the console at an OpenID Connect provider. @default by mailed links alone */
      oidc: oidc.optional(),
    })
    .default({}),
  api: z
    .strictObject({
      /** Base of the links in mails, where the API has a name of its own. @default the API's execute-api address */
      baseUrl: url.refine((text) => !text.endsWith('/'), 'must not end with "/"').optional(),
      /** Requests per second that the API takes, and how many more at once; above it answers 429. */
      throttle: z
        .strictObject({ ratePerSecond: positive.default(100), burst: z.int().min(1).default(200) })
        .default({ ratePerSecond: 100, burst: 200 }),
      /** Requests that may wait for an item at a time (`Prefer: wait`, `?wait=`): each holds a function. Others are answered at once. */
      waitsAtMost: z.int().min(2).max(1000).default(25),
      /** Concurrent executions kept free for each of the approval page and the console. @default 10 in prod, none elsewhere */
      reservedForPeople: z.int().min(0).max(100).optional(),
      /** Tags of the API resource. */
      tags: z.record(z.string(), z.string()).default({}),
    })
    .prefault({}),
  /** Instances kept warm, so that a request or an item never waits for a cold start. AWS bills them day and night. */
  warm: z
    .strictObject({
      /** Of the authorizer, which each request with a token passes. */
      authorize: warm,
      /** Of an automation's own functions, by its name. */
      automations: z.record(name, z.strictObject({ intake: warm, process: warm })).default({}),
    })
    .prefault({}),
  events: z
    .strictObject({
      /** Changes to these statuses are put on the event bus; callbacks are told of all. @default all */
      statuses: z.array(z.enum(STATUSES)).optional(),
    })
    .prefault({}),
  /** The model servers that evaluate, by name. */
  endpoints: z
    .record(name, endpoint)
    .refine((all) => Object.keys(all).length > 0, 'must have at least one endpoint'),
  /** Places that `privacy` of automations may name though no endpoint is there: a local run's sandbox is `own`. */
  residencies: z.array(name).default(['own']),
  destinations: z.record(name, destination),
  /** Outside systems that are read and never written to, by name. */
  sources: z.record(name, source).default({}),
  /** Automations of the repository that are not deployed, such as the examples that it comes with. */
  omit: z.array(name).default([]),
  /** Account and region of environments: with other credentials nothing is synthesised or deployed. @default where the credentials are */
  environments,
  /** Keys, network, name, firewall and locks beyond the defaults, by environment (`docs/hardening.md`). @default none of them */
  hardening,
  /** Of every stack, and by it of every resource: what bills are told apart by. */
  tags: z.record(z.string().min(1).max(128), z.string().max(256)).default({}),
  retention: z.strictObject({
    /** Items, timelines and approvals. */
    itemDays: days,
    /** In prod, the copies of the audit are locked for `itemDays`: who may lift that, somebody with the permission for it or nobody at all. */
    auditLock: z.enum(['governance', 'compliance']).default('governance'),
    /** Bodies and proposals in the bucket. */
    contentDays: days,
    logDays: z.literal([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365]),
  }),
  /**
   * Of an automation's items that were parked as a neighbour was down, how many go on by themselves in a minute once it is well. Its own
   * pace and its breaker hold as well. @default 60
   */
  parkedPerMinute: positive.max(6000).default(60),
  /** Waits before the second, third and fourth try of an action. @default 60, 300, 1800 (1, 5 and 30 minutes) */
  retryScheduleSeconds: z.tuple([positive, positive, positive]).default([60, 300, 1800]),
});

export type Config = z.input<typeof configSchema>;
export type ResolvedConfig = z.output<typeof configSchema>;

/** Types `signalbox.config.ts`. */
export function defineConfig(config: Config): Config {
  return config;
}

/**
 * Reads and checks a configuration file.
 * @throws Error naming the file, every wrong field and what it must be.
 */
export async function loadConfig(file: string): Promise<ResolvedConfig> {
  if (!existsSync(file)) throw new Error(`there is no configuration file ${file}`);
  const module: { default?: unknown } = await import(pathToFileURL(resolve(file)).href);
  const parsed = configSchema.safeParse(module.default, { error: inWords });
  if (parsed.success) return parsed.data;
  const faults = faultsOf(parsed.error.issues, module.default).map((fault) => `  ${fault}`);
  throw new Error(`${file} is not a valid configuration:\n${faults.join('\n')}`);
}
