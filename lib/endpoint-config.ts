import * as z from 'zod';
import { CAPABILITIES, TIERS } from '../lambdas/contract/endpoint.ts';

/* Of the configuration: model servers, their models and prices. */

export const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be lower-case words joined by "-", at most 40 characters');
export const HTTP = { protocol: /^https?$/ };
export const positive = z.number().positive();

function fault(context: z.RefinementCtx, field: string, message: string): void {
  context.addIssue({ code: 'custom', message, path: [field] });
}

/** US dollars per million tokens, as the price list of `pricedAt` says. */
const price = z.number().nonnegative();
const share = z.number().positive().max(1);

/** Where the day begins first, it does so fourteen hours before UTC. */
const FIRST_ZONE_MS = 14 * 3_600_000;

/** A day that has come, somewhere on earth. */
const pastDay = z.iso.date({ abort: true }).refine((day) => Date.parse(day) <= Date.now() + FIRST_ZONE_MS, {
  message: 'is in the future: it is the day on which somebody read the prices',
});

/** The paths of the calls are put behind it, and its words are in logs and lists. */
export const serverUrl = z.url({ ...HTTP, abort: true }).superRefine((text, context) => {
  const { username, password, search, hash } = new URL(text);
  const say = (message: string) => context.addIssue({ code: 'custom', message });
  if (username || password)
    say("must have no user and no password in it: write the key into the endpoint's secret");
  if (search || hash || /[?#]$/.test(text))
    say('must end with its path, such as "/v1": no query ("?…") and no fragment ("#…")');
});

/** Headers that say what the request is, or how it travels: a key in one of them would break it, or be left out. */
const TAKEN =
  /^(?:host|accept(?:-.*)?|content-.*|transfer-encoding|connection|keep-alive|upgrade|expect|te|trailer|cookie|proxy-.*|user-agent|authorization)$/;

export const keyHeader = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,63}$/, 'must be the name of a header in lower case, such as "api-key"')
  .refine((name) => !TAKEN.test(name), {
    message: 'is a header of the request itself; leave it out for "Authorization: Bearer …"',
  })
  .optional();

const model = z
  .strictObject({
    /** The model's name as the endpoint knows it. */
    name: z.string().min(1),
    kind: z.enum(['chat', 'embeddings']).default('chat'),
    /** What it is good enough for; steps name the least that they need. */
    tier: z.enum(TIERS),
    inputUsdPerMillion: price,
    /** Input that the endpoint had in its own prompt cache. @default inputUsdPerMillion */
    cachedUsdPerMillion: price.optional(),
    /** Input that its prompt cache takes in, where that costs more. @default inputUsdPerMillion */
    cacheWriteUsdPerMillion: price.optional(),
    /** 0 for embeddings. */
    outputUsdPerMillion: price,
    /** From so many input tokens on the whole request costs this much more. */
    longContext: z
      .strictObject({
        fromTokens: z.int().positive(),
        inputFactor: z.number().min(1),
        outputFactor: z.number().min(1),
      })
      .optional(),
    pricedAt: pastDay,
    /** Longest answer that is asked for and paid; the budget reserves twice this much before each call. */
    maxOutputTokens: z.int().min(16).max(128_000),
    /** Input and output together. */
    contextTokens: z.int().min(512).default(128_000),
    /** It reads pictures: pages that OCR could not read go to it. */
    vision: z.boolean().optional(),
    /** The most tokens that the picture of one page counts there. @default 8192, or one for each 256 pixels */
    pictureTokens: z.int().positive().max(1_000_000).optional(),
    /** What a token costs in a batch there, as a share of these prices. @default it is asked in no batch */
    batchShare: share.optional(),
    /** What a token costs there in the service tier `flex`, likewise. @default it is not asked for */
    flexShare: share.optional(),
  })
  .superRefine(({ kind, vision, pictureTokens, ...offer }, context) => {
    if (vision && kind !== 'chat') fault(context, 'vision', 'is for chat models');
    if (pictureTokens !== undefined && !vision)
      fault(context, 'pictureTokens', "is for models with 'vision: true'");
    for (const field of ['batchShare', 'flexShare'] as const)
      if (offer[field] !== undefined && kind !== 'chat') fault(context, field, 'is for chat models');
    const { inputUsdPerMillion, cachedUsdPerMillion = 0, maxOutputTokens, contextTokens } = offer;
    // The budget reserves as if nothing were cached: that must be the upper bound.
    if (cachedUsdPerMillion > inputUsdPerMillion)
      fault(context, 'cachedUsdPerMillion', "must not be above 'inputUsdPerMillion'");
    const { cacheWriteUsdPerMillion = inputUsdPerMillion } = offer;
    if (cacheWriteUsdPerMillion < inputUsdPerMillion)
      fault(
        context,
        'cacheWriteUsdPerMillion',
        "must not be below 'inputUsdPerMillion'; leave it out where it is the same",
      );
    if (maxOutputTokens >= contextTokens)
      fault(context, 'maxOutputTokens', "must be less than 'contextTokens': the question needs room too");
  })
  .transform((offer) => ({
    ...offer,
    cachedUsdPerMillion: offer.cachedUsdPerMillion ?? offer.inputUsdPerMillion,
  }));

export const endpoint = z
  .strictObject({
    /** Base URL of any OpenAI-compatible server, with its `/v1`. */
    baseUrl: serverUrl,
    /** Secrets Manager name of `{"apiKey": "…"}`; the stack creates it, a person fills it. @default no key is sent */
    secret: z.string().startsWith('signalbox/').optional(),
    /** The header that takes the key as it is, such as `api-key`. @default `Authorization: Bearer …` */
    keyHeader,
    timeoutSeconds: positive.max(120),
    /** Where data sent to it stays: `eu`, `us`, `own` … */
    residency: name,
    /** Limits of the account there. @default not paced */
    requestsPerMinute: positive.optional(),
    tokensPerMinute: positive.optional(),
    /** What is known of the server without a probe; what a probe found wins. */
    capabilities: z.partialRecord(z.enum(CAPABILITIES), z.boolean()).default({}),
    models: z
      .array(model)
      .min(1)
      .superRefine((models, context) => {
        for (const [at, { name }] of models.entries())
          if (models.findIndex((other) => other.name === name) < at)
            context.addIssue({ code: 'custom', message: `'${name}' is there twice`, path: [at, 'name'] });
      }),
  })
  .superRefine(({ tokensPerMinute = Number.POSITIVE_INFINITY, models, secret, keyHeader }, context) => {
    if (keyHeader && !secret) fault(context, 'keyHeader', "has no key to send: name its 'secret' too");
    // A call takes its share of a minute's tokens: one above the limit would block the rate limiter for minutes, also for all others.
    const chat = models.filter(({ kind }) => kind === 'chat');
    const [longest] = chat.sort((a, b) => b.maxOutputTokens - a.maxOutputTokens);
    if (longest && longest.maxOutputTokens > tokensPerMinute)
      fault(
        context,
        'tokensPerMinute',
        `must be at least ${longest.maxOutputTokens}, the 'maxOutputTokens' of '${longest.name}': one answer must fit into a minute`,
      );
  });
