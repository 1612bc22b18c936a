import { type Config, defineConfig } from '../lib/config.ts';
import root from '../signalbox.config.ts';

/**
 * The configuration of the root with every outside system replaced by the sandbox, for `--context
 * config=local/signalbox.config.ts`.
 */
const {
  SIGNALBOX_SANDBOX_URL: sandbox,
  SIGNALBOX_API_URL: api,
  OPENAI_API_KEY,
  OPENAI_BASE_URL,
  SIGNALBOX_SECOND_ENDPOINT: second,
  SIGNALBOX_SANDBOX_PACE: pace,
} = process.env;
if (!sandbox || !api) {
  throw new Error('SIGNALBOX_SANDBOX_URL and SIGNALBOX_API_URL are not set: npm start does that');
}

type Destination = Config['destinations'][string];
type Model = Config['endpoints'][string]['models'][number];

/** What such models mostly cost. */
const EMBEDDINGS: Model = {
  name: 'signalbox-sandbox-embeddings',
  kind: 'embeddings',
  tier: 'small',
  inputUsdPerMillion: 0.02,
  outputUsdPerMillion: 0,
  pricedAt: '2026-11-20',
  maxOutputTokens: 16,
  contextTokens: 8192,
};

export default defineConfig({
  ...root,
  // The emulator gives the API the id of this tag, so that its address, its last part the same id, is known
  // before it exists.
  api: { baseUrl: api, tags: { 'ms-custom-id': api.slice(api.lastIndexOf('/') + 1) } },
  approverGroups: Object.fromEntries(
    Object.entries(root.approverGroups).map(([group, members]) => [group, members.map(inSlack)]),
  ),
  // The sandbox's inbox has no rate.
  // Mails come in by `POST <inboundMailUrl>`; a rule set there is none.
  mail: { perSecond: 1000, inbound: { ruleSet: 'none', domains: { local: 'signalbox.test' } } },
  slack: { apiUrl: `${sandbox}/slack/api` },
  // Long enough to be seen and tried, short enough not to be waited for.
  approvals: { ...root.approvals, undoSeconds: Number(process.env.SIGNALBOX_UNDO_SECONDS || 3) },
  // What is declared for the real endpoints is no mistake here.
  residencies: Object.values(root.endpoints).map(({ residency }) => residency),
  endpoints: OPENAI_API_KEY ? realEndpoint() : sandboxEndpoint(sandbox),
  destinations: Object.fromEntries(
    Object.entries(root.destinations).map(([name, destination]) => [name, here(name, destination)]),
  ),
  sources: Object.fromEntries(
    Object.entries(root.sources ?? {}).map(([name, source]) => [
      name,
      {
        ...source,
        url: `${sandbox}/sources/${name}`,
        ...(source.tokenUrl ? { tokenUrl: `${sandbox}/sources/${name}/token` } : {}),
      },
    ]),
  ),
  retryScheduleSeconds: retrySchedule(process.env.SIGNALBOX_RETRY_SCHEDULE),
});

/** The sandbox in its place. Mails go to its inbox, items and events stay on this machine anyway. */
function here(name: string, destination: Destination): Destination {
  switch (destination.connector) {
    case 'slack':
      return { ...destination, apiUrl: `${sandbox}/slack/api` };
    case 'email':
    case 'forward':
    case 'event':
      return destination;
    case 'request': {
      const url = `${sandbox}/destinations/${name}`;
      return { ...destination, url, ...(destination.tokenUrl ? { tokenUrl: `${url}/token` } : {}) };
    }
    default:
      return { ...destination, url: `${sandbox}/destinations/${name}` };
  }
}

/** Everybody has a place in the sandbox's Slack: `anna@…` is `UANNA`. */
function inSlack(approver: { email: string }) {
  const name = approver.email
    .split('@')[0]
    ?.replaceAll(/[^a-z0-9]/g, '')
    .toUpperCase();
  return { ...approver, slack: `U${name}` };
}

/** The key at hand is that of one endpoint: it is sent to no other. */
function realEndpoint(): Config['endpoints'] {
  const { openai } = root.endpoints;
  if (!openai)
    throw new Error("OPENAI_API_KEY is set, but signalbox.config.ts has no 'openai' under 'endpoints'");
  return { openai: { ...openai, baseUrl: OPENAI_BASE_URL || openai.baseUrl } };
}

/**
 * Named for what they are, so that no lineage claims a model that was never asked; the prices are the real
 * models'.
 */
function sandboxEndpoint(url: string): Config['endpoints'] {
  const models = Object.values(root.endpoints).flatMap((endpoint) => endpoint.models);
  const sandbox: Config['endpoints'][string] = {
    baseUrl: `${url}/model/v1`,
    secret: 'signalbox/endpoints/sandbox',
    // It answers at once: what a crashed worker held comes back the sooner.
    timeoutSeconds: 15,
    residency: 'own',
    requestsPerMinute: Number(pace || 60_000),
    tokensPerMinute: 60_000_000,
    models: [
      { ...offer(models, 'small'), name: 'signalbox-sandbox', batchShare: 0.5 },
      { ...offer(models, 'large'), name: 'signalbox-sandbox-large' },
      EMBEDDINGS,
    ],
  };
  if (second !== '1') return { sandbox };
  const other = {
    ...sandbox,
    baseUrl: `${url}/model-b/v1`,
    secret: 'signalbox/endpoints/sandbox-b',
    // As mostly, it is another provider's.
    residency: 'elsewhere',
    models: sandbox.models.map(expensive),
  };
  return { sandbox, 'sandbox-b': other };
}

/** Whoever is asked second costs more, as it mostly is. */
function expensive(model: Model): Model {
  const { inputUsdPerMillion, cachedUsdPerMillion, outputUsdPerMillion } = model;
  return {
    ...model,
    inputUsdPerMillion: 2 * inputUsdPerMillion,
    ...(cachedUsdPerMillion === undefined ? {} : { cachedUsdPerMillion: 2 * cachedUsdPerMillion }),
    outputUsdPerMillion: 2 * outputUsdPerMillion,
  };
}

/** Prices and limits of the root's model of that tier, or of its strongest. */
function offer(models: readonly Model[], tier: Model['tier']): Model {
  const chat = models.filter(({ kind }) => kind !== 'embeddings');
  const chosen = chat.find((model) => model.tier === tier) ?? chat.at(-1);
  if (!chosen) throw new Error("signalbox.config.ts has no chat model under 'endpoints'");
  return { ...chosen, tier };
}

/**
 * `'1,2,4'`: seconds before the second, third and fourth try. Not a minute in a local run, unless it is asked
 * for.
 */
function retrySchedule(text: string | undefined): Config['retryScheduleSeconds'] {
  if (!text) return [1, 2, 4];
  const [first, second, third, ...more] = text.split(',').map(Number);
  if (!first || !second || !third || more.length > 0) {
    throw new Error(`SIGNALBOX_RETRY_SCHEDULE must be three positive numbers like '1,2,4', got '${text}'`);
  }
  return [first, second, third];
}
