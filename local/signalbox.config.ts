import { type Config, defineConfig } from '../lib/config.ts';
import root from '../signalbox.config.ts';

/** The configuration of the root with every outside system replaced by the sandbox, for `--context config=local/signalbox.config.ts`. */
const {
  SIGNALBOX_SANDBOX_URL: sandbox,
  SIGNALBOX_API_URL: api,
  OPENAI_API_KEY,
  OPENAI_BASE_URL,
} = process.env;
if (!sandbox || !api) {
  throw new Error('SIGNALBOX_SANDBOX_URL and SIGNALBOX_API_URL are not set: npm start does that');
}

export default defineConfig({
  ...root,
  // The emulator gives the API the id of this tag, so that its address, its last part the same id, is known before it exists.
  api: { baseUrl: api, tags: { 'ms-custom-id': api.slice(api.lastIndexOf('/') + 1) } },
  approverGroups: Object.fromEntries(
    Object.entries(root.approverGroups).map(([group, members]) => [group, members.map(inSlack)]),
  ),
  slack: { apiUrl: `${sandbox}/slack/api` },
  // Long enough to be seen and tried, short enough not to be waited for.
  desk: { ...root.desk, undoSeconds: Number(process.env.SIGNALBOX_UNDO_SECONDS || 3) },
  endpoint: OPENAI_API_KEY ? realEndpoint() : sandboxEndpoint(sandbox),
  destinations: Object.fromEntries(
    Object.entries(root.destinations).map(([name, destination]) => [
      name,
      { ...destination, url: `${sandbox}/destinations/${name}` },
    ]),
  ),
  retryLadderSeconds: retryLadder(process.env.SIGNALBOX_RETRY_LADDER),
});

/** Everybody has a place in the sandbox's Slack: `anna@…` is `UANNA`. */
function inSlack(approver: { email: string }) {
  const name = approver.email
    .split('@')[0]
    ?.replaceAll(/[^a-z0-9]/g, '')
    .toUpperCase();
  return { ...approver, slack: `U${name}` };
}

function realEndpoint(): Config['endpoint'] {
  return { ...root.endpoint, baseUrl: OPENAI_BASE_URL || root.endpoint.baseUrl };
}

/** Named for what it is, so that no lineage claims a model that was never asked; the prices are the real model's. */
function sandboxEndpoint(url: string): Config['endpoint'] {
  const { endpoint } = root;
  const model = { ...endpoint.model, name: 'signalbox-sandbox' };
  // It answers at once: what a crashed worker held comes back the sooner.
  return { ...endpoint, name: 'sandbox', baseUrl: `${url}/model/v1`, timeoutSeconds: 15, model };
}

/** `'1,2,4'`: seconds before the second, third and fourth try. Not a minute in a local run, unless it is asked for. */
function retryLadder(text: string | undefined): Config['retryLadderSeconds'] {
  if (!text) return [1, 2, 4];
  const [first, second, third, ...more] = text.split(',').map(Number);
  if (!first || !second || !third || more.length > 0) {
    throw new Error(`SIGNALBOX_RETRY_LADDER must be three positive numbers like '1,2,4', got '${text}'`);
  }
  return [first, second, third];
}
