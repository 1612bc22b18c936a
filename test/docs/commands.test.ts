import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as eventbridge from '@aws-sdk/client-eventbridge';
import * as secretsManager from '@aws-sdk/client-secrets-manager';
import * as sesv2 from '@aws-sdk/client-sesv2';
import * as sfn from '@aws-sdk/client-sfn';
import * as sqs from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readOptions } from '../../local/cases/options.ts';
import { optionsOf } from '../../local/chaos/options.ts';
import { readOptions as readLoadOptions } from '../../local/load/options.ts';
import config from '../../signalbox.config.ts';
import {
  checkOperation,
  checkSignalbox,
  checkStartOptions,
  readSignalbox,
  SIGNALBOX,
  shell,
  wordsOf,
} from './command-checks.ts';
import { ofSecurity } from './command-security.ts';
import { DELIVERY, type Treatment } from './delivery-commands.ts';
import { commandsOf, DOCUMENTS, fences, ROOT, read } from './fences.ts';

/*
 * Every command of the documents is here under one of three treatments, or the test fails:
 * - run: it needs nothing, so it is run;
 * - live: it talks to an application that is up: test/live/docs.test.ts runs it;
 * - checked: it deploys, installs, starts or talks to an AWS account, so everything it names is looked up.
 */

const scripts = (
  JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> }
).scripts;
const directory = mkdtempSync(join(tmpdir(), 'signalbox-commands-'));
const SYNTH = 'npx cdk synth --quiet';

/** The templates by stack, as a documented command makes them. */
const templates = new Map<
  string,
  { Resources: Record<string, { Type: string; Properties?: { Name?: unknown } }> }
>();
beforeAll(() => {
  shell(`${SYNTH} --output ${directory}`);
  for (const file of globSync('*.template.json', { cwd: directory })) {
    templates.set(
      file.replace('.template.json', ''),
      JSON.parse(readFileSync(join(directory, file), 'utf8')),
    );
  }
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function secretNames(): unknown[] {
  const resources = [...templates.values()].flatMap((template) => Object.values(template.Resources));
  return resources
    .filter(({ Type }) => Type === 'AWS::SecretsManager::Secret')
    .map(({ Properties }) => Properties?.Name);
}

/** What the argument of `--secret-string` must hold, by the function that reads it. */
const SECRET_FIELDS: Readonly<Record<string, string>> = {
  'signalbox/dev/endpoints/openai': 'apiKey',
  'signalbox/dev/clients': 'clients',
  'signalbox/dev/slack': 'signingSecret',
  'signalbox/dev/webhooks/refund-request': 'shop',
};

/** Secrets that the configuration of this repository does not make: of what a page tells how to add. */
const ADDED: readonly string[] = ['signalbox/dev/destinations/demo-desk', 'signalbox/dev/slack'];

function checkSecret([command, operation = '', name = '']: RegExpExecArray): void {
  checkOperation(secretsManager, operation);
  if (!ADDED.includes(name)) expect(secretNames()).toContain(name);
  const value = /--secret-string '(.*)'/.exec(command)?.[1];
  if (operation === 'put-secret-value')
    expect(JSON.parse(value ?? '')).toHaveProperty(SECRET_FIELDS[name] ?? 'a field');
}

/** Those of an example too that the configuration leaves out: the pages show it all the same. */
const stacks = () => [...templates.keys(), ...(config.omit ?? []).map((name) => `Signalbox-dev-${name}`)];

const TREATMENTS: readonly Treatment[] = [
  ...ofSecurity(scripts),
  { matches: /^npm start(?: -- (.+))?$/, how: 'checked', check: checkStartOptions },
  {
    matches: /^npm test(?: -- --project (\w+)(?: (test\/[\w/.]+))?)?$/,
    how: 'checked',
    check: ([, project, file]) => {
      expect(scripts.test).toBeDefined();
      if (project)
        expect(readFileSync(join(ROOT, 'vitest.config.ts'), 'utf8')).toContain(`name: '${project}'`);
      if (file) expect(existsSync(join(ROOT, file))).toBe(true);
    },
  },
  { matches: /^npm run typecheck$/, how: 'run' },
  {
    matches: /^npm run (lint|format|bench:\w+)$/,
    how: 'checked',
    check: ([, script = '']) => expect(scripts[script]).toBeDefined(),
  },
  {
    // test/local/cases/main.test.ts runs it.
    matches: /^npm run cases(?: -- (.+))?$/,
    how: 'checked',
    check: ([, rest = '']) => {
      expect(scripts.cases).toBeDefined();
      readOptions(wordsOf(rest));
    },
  },
  {
    // test/local/chaos/ tests its parts.
    matches: /^npm run chaos(?: -- (.+))?$/,
    how: 'checked',
    check: ([, rest = '']) => {
      expect(scripts.chaos).toBeDefined();
      optionsOf(wordsOf(rest));
    },
  },
  {
    // test/local/load/run.test.ts and test/live/load.test.ts run it.
    matches: /^npm run load(?: -- (.+))?$/,
    how: 'checked',
    check: ([, rest = '']) => {
      expect(scripts.load).toBeDefined();
      readLoadOptions(wordsOf(rest));
    },
  },
  {
    matches: new RegExp(`^${SYNTH}$`),
    how: 'checked',
    check: () => expect(templates.size).toBeGreaterThan(1),
  },
  ...DELIVERY,
  { matches: /^npx cdk (?:deploy|diff) --all(?: --context stage=(?:staging|prod))?$/, how: 'checked' },
  {
    matches: /^npx cdk deploy (Signalbox-[\w-]+)$/,
    how: 'checked',
    check: ([, stack]) => expect(stacks()).toContain(stack),
  },
  {
    matches: /^npx node (docs\/[\w/]+\.ts)$/,
    how: 'checked',
    check: ([, file = '']) => expect(existsSync(join(ROOT, file))).toBe(true),
  },
  { matches: /^git remote add signalbox \S+$/, how: 'checked' },
  { matches: /^git switch --detach v\d+\.\d+\.\d+$/, how: 'checked' },
  {
    // test/house/upgrade.test.ts does what the page tells.
    matches: /^git (config|fetch|merge) .+$/,
    how: 'checked',
    check: ([, action = '']) =>
      expect(readFileSync(join(ROOT, 'test/house/upgrade.test.ts'), 'utf8')).toContain(`'${action}', `),
  },
  { matches: /^aws sts get-caller-identity$/, how: 'checked' },
  {
    matches: /^aws secretsmanager ([\w-]+) --secret-id (\S+)(?: --.*)?$/,
    how: 'checked',
    check: checkSecret,
  },
  {
    matches: /^aws sesv2 (create-email-identity) --email-identity (\S+)$/,
    how: 'checked',
    check: ([, operation = '', address = '']) => {
      checkOperation(sesv2, operation);
      expect(readFileSync(join(ROOT, 'signalbox.config.ts'), 'utf8')).toContain(`sender: '${address}'`);
    },
  },
  { matches: /^export (?:SIGNALBOX_(?:API_URL|TOKEN)=\S+ ?)+$/, how: 'checked' },
  {
    matches: new RegExp(`^${SIGNALBOX}(send) (demo-request --example '([^']+)'.*)$`),
    how: 'checked',
    check: (match) => {
      checkSignalbox(match);
      expect(read('docs/adding-an-automation.md')).toContain(`name: '${match[3]}'`);
    },
  },
  // test/support/followed.ts makes one, and everything runs with it.
  { matches: new RegExp(`^${SIGNALBOX}(new|knowledge)((?: .*)?)$`), how: 'checked', check: checkSignalbox },
  { matches: new RegExp(`^${SIGNALBOX}(token) (.+)$`), how: 'run', check: checkSignalbox },
  { matches: new RegExp(`^${SIGNALBOX}([\\w-]+)((?: .*)?)$`), how: 'live', check: checkSignalbox },
  { matches: /^(?:API|TOKEN)=\$\(node -p "require\('\.\/\.local\/outputs\.json'\)\.(\w+)"\)$/, how: 'live' },
  { matches: /^curl -sS .*"\$API\/.*$/, how: 'live' },
  {
    // test/local/inbound-mail.test.ts and test/live/doors-mail.test.ts post mails so.
    matches: /^(?:MAIL|BUCKET|ENDPOINT)=\$\(node -p "require\('\.\/\.local\/outputs\.json'\)\.(\w+)"\)$/,
    how: 'checked',
    check: ([, name]) =>
      expect(readFileSync(join(ROOT, 'local/outputs.ts'), 'utf8')).toContain(`${name}: string`),
  },
  {
    matches: /^curl -sS --data-binary @mail\.eml "\$MAIL(?:\?(?:to|spf|dkim|dmarc|&|=|[\w-])+)?"$/,
    how: 'checked',
  },
  {
    // test/live/doors-mail.test.ts drops files.
    matches:
      /^curl -sS --aws-sigv4 aws:amz:us-east-1:s3 -u test:test -T (\S+) "\$ENDPOINT\/\$BUCKET\/[\w./-]+"$/,
    how: 'checked',
    check: ([, file = '']) => expect(existsSync(join(ROOT, file))).toBe(true),
  },
  {
    // Calls that are signed by hand: test/live/doors-page.test.ts types them, and the two commands above and below.
    matches:
      /^SECRET=\$\(node -p "require\('\.\/\.local\/secrets\.json'\)\.webhookSecrets\['([\w/-]+)'\]"\)$/,
    how: 'checked',
    check: ([, name = '']) =>
      expect(secretNames()).toContain(name.replace('/local/', '/dev/').replace(/\/(?:shop|form)$/, '')),
  },
  {
    matches:
      /^(?:BODY='\{.*\}'|TIME=\$\(node -p 'Math\.floor\(Date\.now\(\) \/ 1000\)'\)|KEY=\$\(node -p 'Buffer\..*\)|SIGNATURE=\$\(echo -n .*\))$/,
    how: 'checked',
  },
  {
    matches: /^curl -sS --aws-sigv4 aws:amz:us-east-1:events .*"\$ENDPOINT" .*PutEvents' -d '(.+)'$/,
    how: 'checked',
    check: ([, event = '']) => {
      const { Entries } = JSON.parse(event) as { Entries: { Detail: string }[] };
      for (const { Detail } of Entries) expect(JSON.parse(Detail)).toHaveProperty('text');
    },
  },
];

/** Small programs for an account at night: their parts are checked below. */
const OPERATORS = ['docs/runbook.md', 'docs/errors.md'];

const found = DOCUMENTS.filter((document) => !OPERATORS.includes(document)).flatMap((document) =>
  fences(document, 'sh').flatMap(({ text }) => commandsOf(text).map((command) => ({ document, command }))),
);
const treated = found.map(({ document, command }) => ({
  document,
  command,
  treatment: TREATMENTS.find(({ matches }) => matches.test(command)),
}));

describe('commands of the documents', () => {
  it.each(treated)('$document: $command', ({ command, treatment }) => {
    expect(treatment, 'a treatment for this command in test/docs/commands.test.ts').toBeDefined();
    treatment?.check?.(treatment.matches.exec(command) as RegExpExecArray);
  });

  const runs = new Set(
    treated.filter(({ treatment }) => treatment?.how === 'run').map(({ command }) => command),
  );
  it.each([...runs])('runs: %s', (command) => {
    expect(() => shell(command)).not.toThrow();
  });

  it('has no treatment that no document needs', () => {
    const idle = TREATMENTS.filter((treatment) => !treated.some((one) => one.treatment === treatment));
    expect(idle.map(({ matches }) => matches.source)).toEqual([]);
  });
});

/** The services whose operations can be looked up here. */
const CLIENTS: Readonly<Record<string, object>> = {
  dynamodb,
  events: eventbridge,
  secretsmanager: secretsManager,
  sesv2,
  stepfunctions: sfn,
  sqs,
};

describe.each(OPERATORS)('%s', (document) => {
  const text = read(document).replaceAll(/<[\w .-]+>/g, 'something');

  it('has shell blocks that a shell can read', () => {
    for (const block of fences(document, 'sh')) {
      const program = block.text.replaceAll(/<[\w .-]+>/g, 'something');
      expect(
        () => execFileSync('bash', ['-n'], { input: program, stdio: ['pipe', 'pipe', 'pipe'] }),
        program,
      ).not.toThrow();
    }
  });

  it('calls signalbox as it can be called', () => {
    for (const [, name = '', rest = ''] of text.matchAll(
      /npm run (?:-s )?signalbox -- ([\w-]+)([^\n`|)]*)/g,
    )) {
      readSignalbox(name, rest);
    }
  });

  it('names operations of AWS and stacks that exist', () => {
    for (const [, service = '', operation = ''] of text.matchAll(/\baws ([a-z\d]+) ([a-z][a-z-]+)/g)) {
      const client = CLIENTS[service];
      if (client) checkOperation(client, operation);
    }
    for (const [, stack = ''] of text.matchAll(/cdk deploy (Signalbox-[a-z-]+)/g)) {
      expect(stacks()).toContain(stack.replace('-prod-', '-dev-'));
    }
  });
});
