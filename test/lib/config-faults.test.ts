import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Config, loadConfig } from '../../lib/config.ts';
import own from '../support/example.config.ts';

const directory = mkdtempSync(join(tmpdir(), 'signalbox-config-faults-'));
afterAll(() => rmSync(directory, { recursive: true }));
let files = 0;

/** The message that a configuration is refused with. */
async function refusal(change: (config: Config) => void): Promise<string> {
  const config = structuredClone(own);
  change(config);
  files += 1;
  const file = join(directory, `${files}.mjs`);
  writeFileSync(file, `export default ${JSON.stringify(config)};\n`);
  return loadConfig(file).then(
    () => 'accepted',
    (error: Error) => error.message,
  );
}

describe('a fault of the configuration', () => {
  it.each<[string, (config: Config) => void]>([
    [
      "'endpoints.openai.timeoutSeconds': is missing: it must be a number",
      (config) => Object.assign(config.endpoints.openai ?? {}, { timeoutSeconds: undefined }),
    ],
    [
      "'environments.prod.account': must be a text",
      (config) =>
        Object.assign(config, { environments: { prod: { account: 222222222222, region: 'eu-central-1' } } }),
    ],
    [
      "'environments.Prod': must be 1 to 10 lower-case letters or digits",
      (config) =>
        Object.assign(config, {
          environments: { Prod: { account: '222222222222', region: 'eu-central-1' } },
        }),
    ],
    [
      "'retention.itemDays': must be a whole number",
      (config) => Object.assign(config.retention, { itemDays: 0.5 }),
    ],
    [
      `'sender': must be an e-mail address such as "ann@example.com", got 'signalbox'`,
      (config) => Object.assign(config, { sender: 'signalbox' }),
    ],
    [
      "'endpoints.openai.timeoutSeconds': must be at most 120, got 450",
      (config) => Object.assign(config.endpoints.openai ?? {}, { timeoutSeconds: 450 }),
    ],
    [
      "'endpoints.openai.timeoutSeconds': must be above 0, got 0",
      (config) => Object.assign(config.endpoints.openai ?? {}, { timeoutSeconds: 0 }),
    ],
    [
      `'endpoints.openai.baseUrl': must be a URL such as "https://api.example.com", got 'api.openai.com'`,
      (config) => Object.assign(config.endpoints.openai ?? {}, { baseUrl: 'api.openai.com' }),
    ],
    [
      "'endpoints.openai.models.gpt-6-luna.tier': must be one of small, medium, large (did you mean 'small'?), got 'smal'",
      (config) => Object.assign(config.endpoints.openai?.models[0] ?? {}, { tier: 'smal' }),
    ],
    [
      "'endpoints.openai.models.gpt-6-luna.pricedAt': must be a day such as \"2026-11-30\", got '30.11.2026'",
      (config) => Object.assign(config.endpoints.openai?.models[0] ?? {}, { pricedAt: '30.11.2026' }),
    ],
    [
      "'endpoints.openai.models.gpt-6-luna.tier': is missing: it must be one of small, medium, large",
      (config) => Object.assign(config.endpoints.openai?.models[0] ?? {}, { tier: undefined }),
    ],
    [
      "'endpoints.openai.models.gpt-6-luna.maxOutputTokens': must be at least 16, got 8",
      (config) => Object.assign(config.endpoints.openai?.models[0] ?? {}, { maxOutputTokens: 8 }),
    ],
    [
      "'endpoints.openai.models': must have at least 1 of them, got a list of 0",
      (config) => Object.assign(config.endpoints.openai ?? {}, { models: [] }),
    ],
    [
      "'endpoints.openai.capabilities.jsonschema': is not known: did you mean 'jsonSchema'?",
      (config) => Object.assign(config.endpoints.openai ?? {}, { capabilities: { jsonschema: true } }),
    ],
    [
      "'destinations.help-desk.connector': must be one of http, request, email, slack, forward, event, got 'htpt'",
      (config) => Object.assign(config.destinations['help-desk'] ?? {}, { connector: 'htpt' }),
    ],
    [
      "'destinations.line.automation': must be a text, or must be a list, got 7",
      (config) => Object.assign(config.destinations, { line: { connector: 'forward', automation: 7 } }),
    ],
    [
      "'retention.logDays': must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, got 31",
      (config) => Object.assign(config.retention, { logDays: 31 }),
    ],
  ])('says %s', async (says, change) => expect(await refusal(change)).toContain(says));

  it('never says what may be a key', async () => {
    const message = await refusal((config) => {
      Object.assign(config.endpoints.openai ?? {}, {
        ...{ secret: 'sk-oops', keyHeader: 'Bearer sk-oops', baseUrl: 'ftp://me:sk-oops@example.com/v1' },
        apiKey: 'sk-oops',
      });
    });
    expect(message.split('\n')).toHaveLength(5);
    expect(message).not.toContain('oops');
  });

  it.each<[string, (config: Config) => void]>([
    ["retenshun': is not known", (config) => Object.assign(config, { retenshun: {} })],
    [
      "reportto': is not known: did you mean 'reportTo'?",
      (config) => Object.assign(config, { reportto: [] }),
    ],
    [
      "endpoints.openai.apiKey': is not known: there are baseUrl, secret",
      (config) => Object.assign(config.endpoints.openai ?? {}, { apiKey: 'sk-oops' }),
    ],
    [
      "approverGroups.support-leads.0.pager': is not known: there are email, slack",
      (config) => Object.assign(config.approverGroups['support-leads']?.[0] ?? {}, { pager: '1' }),
    ],
    [
      "destinations.refund-ledger.idempotnt': is not known: did you mean 'idempotent'?",
      (config) => Object.assign(config.destinations['refund-ledger'] ?? {}, { idempotnt: true }),
    ],
  ])("refuses a field that is none, wherever it stands: '%s", async (says, change) => {
    expect(await refusal(change)).toContain(`'${says}`);
  });
});
