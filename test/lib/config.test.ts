import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Automation } from '../../lambdas/contract/automation.ts';
import { checkAutomations } from '../../lib/checks/check.ts';
import { type Config, loadConfig, type ResolvedConfig } from '../../lib/config.ts';
import { environmentOf } from '../../lib/parts/environment.ts';
import { registryEntry } from '../../lib/parts/registry.ts';
import { substitute } from '../../lib/parts/workflow.ts';
import { automations, example } from '../support/automations.ts';
import own from '../support/example.config.ts';

const directory = mkdtempSync(join(tmpdir(), 'signalbox-config-'));
let files = 0;

/** Loads a configuration as `cdk synth` does: from a file. */
function load(config: object): Promise<ResolvedConfig> {
  files += 1;
  const file = join(directory, `${files}.mjs`);
  writeFileSync(file, `export default ${JSON.stringify(config)};\n`);
  return loadConfig(file);
}

/** The message that a configuration is refused with. */
async function refusal(change: (config: Config) => void): Promise<string> {
  const config = structuredClone(own);
  change(config);
  return load(config).then(
    () => 'accepted',
    (error: Error) => error.message,
  );
}

describe('loadConfig', () => {
  it('takes a configuration, and fills in what it leaves open', async () => {
    const config = await loadConfig('test/support/example.config.ts');
    expect(config.retryScheduleSeconds).toEqual([60, 300, 1800]);
    expect(config.api).toEqual({
      throttle: { ratePerSecond: 100, burst: 200 },
      tags: {},
      waitsAtMost: 25,
    });
  });

  it.each<[string, (config: Config) => void]>([
    ['sender', (config) => Object.assign(config, { sender: 'nobody' })],
    ['operators.0', (config) => config.operators.splice(0, 1, 'nobody')],
    ['onCall.0', (config) => Object.assign(config, { onCall: ['http://pager.example.com'] })],
    ['onCall.0', (config) => Object.assign(config, { onCall: ['nobody'] })],
    [
      'approverGroups.support-leads',
      (config) => Object.assign(config.approverGroups, { 'support-leads': [] }),
    ],
    [
      'approverGroups.Leads',
      (config) => Object.assign(config.approverGroups, { Leads: [{ email: 'a@example.com' }] }),
    ],
    [
      'destinations.help-desk.idempotent',
      (config) => Object.assign(config.destinations['help-desk'] ?? {}, { idempotent: 'yes' }),
    ],
    [
      'endpoints.openai.keyHeader',
      (config) => Object.assign(config.endpoints.openai ?? {}, { secret: undefined, keyHeader: 'api-key' }),
    ],
    [
      'endpoints.openai.keyHeader',
      (config) => Object.assign(config.endpoints.openai ?? {}, { keyHeader: 'content-type' }),
    ],
    [
      'endpoints.openai.keyHeader',
      (config) => Object.assign(config.endpoints.openai ?? {}, { keyHeader: 'Api-Key' }),
    ],
    ...[
      'expect',
      'keep-alive',
      'upgrade',
      'te',
      'trailer',
      'accept-encoding',
      'cookie',
      'proxy-authorization',
    ].map((keyHeader): [string, (config: Config) => void] => [
      'endpoints.openai.keyHeader',
      (config) => Object.assign(config.endpoints.openai ?? {}, { keyHeader }),
    ]),
    ...(
      [
        ['secret', { auth: 'bearer' }],
        ['auth', { secret: 'signalbox/sources/erp' }],
        ['tokenUrl', { auth: 'oauth', secret: 'signalbox/sources/erp' }],
        ['tokenUrl', { auth: 'oauth', secret: 'signalbox/sources/erp', tokenUrl: 'http://id.example.com/' }],
        ['region', { auth: 'sigv4', secret: 'signalbox/sources/erp' }],
        ['scope', { auth: 'bearer', secret: 'signalbox/sources/erp', scope: 'all' }],
        ['keyHeader', { auth: 'basic', secret: 'signalbox/sources/erp', keyHeader: 'x-key' }],
        ['readsByPost.0', { readsByPost: ['search'] }],
        ['url', { url: 'http://erp.example.com' }],
      ] as const
    ).map(([field, more]): [string, (config: Config) => void] => [
      `sources.erp.${field}`,
      (config) => Object.assign(config, { sources: { erp: { url: 'https://erp.example.com', ...more } } }),
    ]),
    ['retention.logDays', (config) => Object.assign(config.retention, { logDays: 31 })],
    ['retention.itemDays', (config) => Object.assign(config.retention, { itemDays: 0.5 })],
    ['retryScheduleSeconds', (config) => Object.assign(config, { retryScheduleSeconds: [1, 2] })],
  ])("names '%s' when it is wrong", async (field, change) => {
    const message = await refusal(change);
    expect(message).toContain('.mjs is not a valid configuration:');
    expect(message).toContain(`'${field}': `);
  });

  it('says that the file is not there', async () => {
    await expect(loadConfig('/nowhere/of.config.ts')).rejects.toThrow(
      'there is no configuration file /nowhere/of.config.ts',
    );
  });

  it('names every wrong field at once', async () => {
    const message = await refusal((config) => {
      Object.assign(config, { sender: 'nobody' });
      Object.assign(config.retention, { logDays: 31 });
    });
    expect(message.split('\n')).toHaveLength(3);
    expect(message).toMatch(/'sender': .*\n {2}'retention.logDays': /);
  });

  it('says so when a file exports nothing', async () => {
    const file = join(directory, 'empty.mjs');
    writeFileSync(file, 'export {};\n');
    await expect(loadConfig(file)).rejects.toThrow("'(whole file)'");
  });
});

describe('checkAutomations', () => {
  const first = example('support-triage');
  const second = example('refund-request');

  async function faults(
    changes: Partial<Automation>,
    change: (config: ResolvedConfig) => void = () => undefined,
  ) {
    const config = await loadConfig('test/support/example.config.ts');
    const copy = structuredClone(config);
    change(copy);
    try {
      checkAutomations([{ ...first, ...changes }, second], copy);
      return 'fits';
    } catch (error) {
      return (error as Error).message;
    }
  }

  it('lets the automations of the repository pass', async () => expect(await faults({})).toBe('fits'));

  it.each<[string, Partial<Automation>, string]>([
    ['a name that cannot be part of an ARN', { name: 'Support Triage' }, "'name' must be lower-case words"],
    ['a name that is taken', { name: 'refund-request' }, 'refund-request: the name is taken'],
    ["labels without 'other'", { labels: ['Billing'] }, "'labels' must include 'other'"],
    ['a step without its prompt', { prompts: {} }, "'prompts' must name the prompt of the step 'route'"],
    [
      'an approver group that does not exist',
      { approval: { group: 'nobody', escalateTo: 'support-leads', timeoutMinutes: 1, escalationMinutes: 1 } },
      "approver group 'nobody' is not in 'approverGroups'",
    ],
  ])('refuses %s', async (_, changes, message) => expect(await faults(changes)).toContain(message));

  it('refuses an action whose destination is not configured, and says where to add it', async () => {
    const message = await faults({}, (config) => {
      delete config.destinations['help-desk'];
    });
    expect(message).toContain("support-triage: action 'reply' goes to 'help-desk': add it to 'destinations'");
    expect(message).toContain("refund-request: action 'deny' goes to 'help-desk'");
  });
});

describe('environmentOf', () => {
  it('keeps data in prod only, and polls by itself everywhere but locally', () => {
    expect(environmentOf('prod')).toMatchObject({ removal: 'retain', protected: true, local: false });
    expect(environmentOf('dev')).toMatchObject({ removal: 'destroy', protected: false, local: false });
    expect(environmentOf('local')).toMatchObject({ local: true });
  });

  it('logs calls to AWS only where it is asked to', () => {
    expect(environmentOf('local')).toMatchObject({ logsAwsCalls: false });
    expect(environmentOf('local', '1')).toMatchObject({ logsAwsCalls: true });
  });

  it.each(['Prod', '', 'a-b', 'x'.repeat(11), undefined])(
    'refuses %s, which could not be part of a name',
    (name) => {
      expect(() => environmentOf(name)).toThrow(
        "context 'stage' must be 1 to 10 lower-case letters or digits",
      );
    },
  );
});

describe('substitute', () => {
  it('keeps the type of what it fills in, and the text of other dollars', () => {
    expect(
      substitute(`{"a": "\${Seconds}", "b": "\${Queue}", "c": "{% $x %}"}`, { Seconds: 5, Queue: 'q' }),
    ).toBe('{"a": 5, "b": "q", "c": "{% $x %}"}');
  });

  it('refuses a substitution without a value, and a value without a substitution', () => {
    expect(() => substitute(`{"a": "\${Seconds}"}`, {})).toThrow("nothing fills the substitution 'Seconds'");
    expect(() => substitute('{}', { Seconds: 5 })).toThrow(
      'the state machine has no substitution for: Seconds',
    );
  });
});

describe('registryEntry', () => {
  it('tells what an automation declares as plain data, and none of its code', () => {
    for (const automation of automations) {
      const entry = registryEntry(automation);
      expect(JSON.parse(JSON.stringify(entry))).toEqual(entry);
      expect(entry.schema).toMatchObject({ type: 'object', additionalProperties: false });
    }
  });
});
