import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as z from 'zod';

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be lower-case words joined by "-", at most 40 characters');
const url = z.url({ protocol: /^https?$/ });
const positive = z.number().positive();
const days = z.int().min(1).max(3650);

const model = z.strictObject({
  /** The model's name as the endpoint knows it. */
  name: z.string().min(1),
  /** List price in US dollars per million tokens, and the day it was read. */
  inputUsdPerMillion: z.number().nonnegative(),
  outputUsdPerMillion: z.number().nonnegative(),
  pricedAt: z.iso.date(),
  /** Longest answer that is paid for; the budget reserves this much before each call. */
  maxOutputTokens: z.int().min(16).max(128_000),
});

const endpoint = z.strictObject({
  /** Base URL of any OpenAI-compatible server, with its `/v1`. */
  baseUrl: url,
  model,
  /** Secrets Manager name of `{"apiKey": "…"}`; the stack creates it, a person fills it. */
  secret: z.string().startsWith('signalbox/'),
  timeoutSeconds: positive.max(120),
});

const destination = z.strictObject({
  url,
  /** Secrets Manager name of `{"signingKey": "…"}`, the key of `Signalbox-Signature`. */
  secret: z.string().startsWith('signalbox/'),
  /** True when the destination refuses or ignores a second call with the same `Idempotency-Key`. */
  idempotent: z.boolean(),
});

const approver = z.strictObject({ email: z.email() });

const configSchema = z.strictObject({
  /** Mails to approvers come from this address; verify it in SES first. */
  sender: z.email(),
  /** These people are told of parked and quarantined items and of alarms. */
  operators: z.array(z.email()),
  approverGroups: z.record(name, z.array(approver).min(1)),
  api: z
    .strictObject({
      /** Base of the links in mails, where the API has a name of its own. @default the API's execute-api address */
      baseUrl: url.refine((text) => !text.endsWith('/'), 'must not end with "/"').optional(),
      /** Requests per second that the API takes, and how many more at once; above it answers 429. */
      throttle: z
        .strictObject({ ratePerSecond: positive.default(100), burst: z.int().min(1).default(200) })
        .default({ ratePerSecond: 100, burst: 200 }),
      /** Tags of the API resource. */
      tags: z.record(z.string(), z.string()).default({}),
    })
    .default({ throttle: { ratePerSecond: 100, burst: 200 }, tags: {} }),
  /** The model server that evaluates. */
  endpoint: endpoint.extend({ name }),
  destinations: z.record(name, destination),
  retention: z.strictObject({
    /** Items, timelines and approvals. */
    itemDays: days,
    /** Bodies and proposals in the bucket. */
    contentDays: days,
    logDays: z.literal([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365]),
  }),
  /** Waits before the second, third and fourth try of an action. @default 60, 300, 1800 (1, 5 and 30 minutes) */
  retryLadderSeconds: z.tuple([positive, positive, positive]).default([60, 300, 1800]),
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
  const module: { default?: unknown } = await import(pathToFileURL(resolve(file)).href);
  const parsed = configSchema.safeParse(module.default);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(
    (issue) => `  '${issue.path.join('.') || '(whole file)'}': ${issue.message}`,
  );
  throw new Error(`${file} is not a valid configuration:\n${faults.join('\n')}`);
}
