import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as secretsmanager from '@aws-sdk/client-secrets-manager';
import * as stepfunctions from '@aws-sdk/client-sfn';
import * as sqs from '@aws-sdk/client-sqs';
import { beforeAll, describe, expect, it } from 'vitest';
import { readInput } from '../../cli/command.ts';
import { commands as signalbox } from '../../cli/commands/index.ts';
import { ROUTES } from '../../lambdas/api/routes.ts';
import { JUDGED } from '../../lambdas/contract/alarms/alarms.ts';
import type { ApprovalRow } from '../../lambdas/contract/approval.ts';
import { archiveKey } from '../../lambdas/record/archive.ts';
import { auditEntries } from '../../lambdas/tables/audit/audit.ts';
import { type AlarmName, SEVERITY } from '../../lib/parts/alarms.ts';
import { automations } from '../support/automations.ts';
import { ofType, type Synthesised, synthesise } from '../support/synth.ts';

const document = readFileSync('docs/runbook.md', 'utf8');
const headings = [...document.matchAll(/^## `([^`]+)`$/gm)].map(([, name = '']) => name);
const blocks = [...document.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code);
const shell = [
  ...blocks,
  ...[...document.matchAll(/`((?:aws|npm|npx) [^`]+)`/g)].map(([, code = '']) => code),
].join('\n');

let app: Synthesised;
let alarms: string[];

beforeAll(async () => {
  app = await synthesise('prod');
  const texts = ofType(app, 'AWS::CloudWatch::Alarm').map((alarm) =>
    String(alarm.resource.Properties.AlarmDescription),
  );
  alarms = [
    ...Object.keys(JUDGED),
    ...new Set(texts.map((text) => /Runbook: docs\/runbook\.md, "([^"]+)"$/.exec(text)?.[1] ?? text)),
  ];
});

describe('the runbook', () => {
  it('has an entry for every alarm', () =>
    expect(alarms.filter((name) => !headings.includes(name))).toEqual([]));

  it('has no entry without an alarm', () =>
    expect(headings.filter((name) => !alarms.includes(name))).toEqual([]));

  it('knows the severity of every alarm, and says it', () => {
    expect(headings.filter((name) => !Object.hasOwn(SEVERITY, name))).toEqual([]);
    const said = [...document.matchAll(/^- \*\*(urgent|routine)\*\*: (.+)$/gm)].flatMap(
      ([, severity = '', names = '']) =>
        [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => [name, severity]),
    );
    expect(Object.fromEntries(said)).toEqual(SEVERITY);
    for (const { resource } of ofType(app, 'AWS::CloudWatch::Alarm')) {
      const text = String(resource.Properties.AlarmDescription);
      const name = /"([^"]+)"$/.exec(text)?.[1] as AlarmName;
      expect(text.startsWith(`${SEVERITY[name]}: `), text).toBe(true);
    }
  });

  it('has each entry once', () => expect(new Set(headings).size).toBe(headings.length));

  it.each(headings)('says of %s what it means, where to look, what to do, and when it clears', (name) => {
    const entry = document.split(`## \`${name}\`\n`)[1]?.split(/^## /m)[0] ?? '';
    const [, ...parts] = entry.split(/^\*\*(\w+)\.\*\*/m);
    expect(parts.filter((_, index) => index % 2 === 0)).toEqual(['Means', 'Look', 'Fix', 'Clears']);
    for (const [index, text] of parts.entries())
      if (index % 2 === 1) expect(text.trim().length, parts[index - 1]).toBeGreaterThan(20);
    expect(entry).toMatch(/`aws |```sh\n/);
  });

  it.each(headings)('of %s begins with a command that can be pasted as it stands', (name) => {
    const entry = document.split(`## \`${name}\`\n`)[1] ?? '';
    const [, first = ''] = /^\n```sh\n([\s\S]*?)^```$/m.exec(entry) ?? [];
    expect(entry.startsWith(`\n\`\`\`sh\n${first}`)).toBe(true);
    expect(first).toMatch(/^(?:npm run signalbox -- |aws |for |logs |logs_of |queues\b)/);
    expect(first).not.toMatch(/<[a-zA-Z]|…/);
    // Nothing but what the beginning of the page has made, or the block itself.
    const known = document.slice(document.indexOf('## Before you begin'), document.indexOf('## `queue/'));
    for (const [, variable = ''] of first.matchAll(/\$(\w{2,})/g))
      expect(`${known}\n${first}`, variable).toMatch(new RegExp(`^\\s*${variable}=|for ${variable} in`, 'm'));
    // It looks; it changes nothing.
    expect(first).not.toMatch(/\b(?:put|update|delete|start|send|purge)-/);
  });

  it('has in the beginning all that its first commands use, for every automation', () => {
    const [beginning = '', ...others] = blocks;
    const firsts = headings.map((name) => {
      const entry = document.split(`## \`${name}\`\n\n`)[1] ?? '';
      return others.find((code) => entry.startsWith(`\`\`\`sh\n${code}`)) ?? 'exit 3';
    });
    const stub = `set -u
      aws() { case "$*" in
        *list-stacks*) printf 'Signalbox-prod-platform\\tSignalbox-prod-one\\nSignalbox-prod-two\\n';;
        *LoggingConfig*) echo "group of $4";;
        *list-stack-resources*) echo "https://sqs/$4-dead-letters";;
        *get-queue-attributes*) printf '%s\\t%s\\t2\\t0\\n' "\${@: -3:1}" "$4";;
        "logs tail"*) echo "ERROR in $3";;
        *) echo "aws $1 $2";; esac; }
      npm() { echo "npm $*"; }`;
    const said = execFileSync('bash', {
      input: [stub, beginning, 'exec 2>&1', ...firsts].join('\n'),
      encoding: 'utf8',
    });
    expect(said).not.toMatch(/not found|unbound|syntax error/);
    for (const stack of ['platform', 'one', 'two'])
      expect(said).toContain(`Signalbox-prod-${stack}-dead-letters`);
    for (const automation of ['one', 'two'])
      expect(said).toContain(`ERROR in group of https://sqs/Signalbox-prod-${automation}`);
    expect(said).toContain('npm run signalbox -- approvals');
  });

  it('reads the name of an alarm and its place in the subject of its mail', () => {
    const names = ofType(app, 'AWS::CloudWatch::Alarm').map((alarm) =>
      String(alarm.resource.Properties.AlarmName),
    );
    for (const name of names) expect(name).toMatch(/^[ -~]{1,255}$/);
    for (const { name } of automations)
      expect(names).toContain(`Signalbox-prod-${name}/dead letters: queue/dead-letters`);
    expect(names).toContain('Signalbox-prod-platform/dead letters: queue/dead-letters');
    expect(new Set(names).size).toBe(names.length);
  });

  it('names every queue whose messages can wait for somebody', () => {
    const places = ofType(app, 'AWS::CloudWatch::Alarm')
      .map((alarm) => String(alarm.resource.Properties.AlarmName))
      .filter((name) => /: queue\/dead-letters$/.test(name))
      .map(
        (name) =>
          name
            .replace(/^Signalbox-prod-/, '')
            .replace(
              new RegExp(`^(?:${automations.map(({ name: it }) => it).join('|')})(?=/)`),
              '<automation>',
            )
            .split(':')[0],
      );
    expect([...new Set(places)].filter((place) => !document.includes(`| \`${place}\` |`))).toEqual([]);
  });
});

describe('its commands', () => {
  it.each(blocks.map((code) => [code.split('\n')[0]?.slice(0, 100), code]))(
    '%s … is a script that a shell can read',
    (_, code) => {
      const script = code.replaceAll(/<[\w ]+>/g, 'placeholder');
      expect(() =>
        execFileSync('bash', ['-n'], { input: script, stdio: ['pipe', 'pipe', 'pipe'] }),
      ).not.toThrow();
    },
  );

  const CLIENTS: Record<string, object> = { dynamodb, secretsmanager, stepfunctions, sqs };
  /** Operations of clients that we do not carry; each was looked up in the reference of the AWS CLI. */
  const LOOKED_UP = [
    'cloudformation list-stack-resources',
    'cloudformation list-stacks',
    'cloudtrail put-event-selectors',
    'cloudwatch get-metric-statistics',
    'events describe-rule',
    'events enable-rule',
    'lambda get-account-settings',
    'lambda get-function-configuration',
    'lambda invoke',
    'lambda list-event-source-mappings',
    'lambda update-event-source-mapping',
    'logs tail',
    's3 cp',
    's3api delete-object',
    's3api list-object-versions',
    's3api list-objects-v2',
    'service-quotas request-service-quota-increase',
  ];

  it('are operations that AWS has', () => {
    const used = new Set(
      [...shell.matchAll(/\baws ([a-z\d-]+) ([a-z\d-]+)/g)].map(
        ([, service, operation]) => `${service} ${operation}`,
      ),
    );
    expect(used.size).toBeGreaterThan(10);
    for (const command of used) {
      const [service = '', operation = ''] = command.split(' ');
      const client = CLIENTS[service];
      if (!client) expect(LOOKED_UP).toContain(command);
      else
        expect(Object.keys(client)).toContain(
          `${operation.replaceAll(/(?:^|-)(\w)/g, (__, it: string) => it.toUpperCase())}Command`,
        );
    }
    expect(LOOKED_UP.filter((command) => !used.has(command))).toEqual([]);
  });

  it('are commands that signalbox has', () => {
    const used = [...shell.matchAll(/npm run (?:-s )?signalbox -- (\w+)([^|\n]*)/g)];
    expect(used.length).toBeGreaterThan(5);
    for (const [line, name, rest = ''] of used) {
      const command = signalbox.find((known) => known.name === name);
      expect(command, line).toBeDefined();
      const words = rest.replaceAll(/<\w+>/g, 'item-1').trim().split(/\s+/).filter(Boolean);
      if (command) expect(() => readInput(command, words), line).not.toThrow();
    }
  });

  /** A loop over words is one command for each. */
  const spelled = blocks
    .flatMap((code) => {
      const [, name = '', words = ''] = /for (\w+) in ([\w ]+);/.exec(code) ?? [];
      return name ? words.split(' ').map((word) => code.replaceAll(`$${name}`, word)) : [code];
    })
    .join('\n');
  const WHERE_CONFIGURED = 'approvalsapproveslack';

  it('find resources that the templates have, and only one of each', () => {
    const used = [...spelled.matchAll(/(in \$\()?\bphysical ([\w-]+) (AWS::\w+::\w+) (\w+)/g)];
    expect(used.length).toBeGreaterThan(12);
    const names = automations.map(({ name }) => name);
    for (const [line, loop, stack, type, prefix = ''] of used) {
      // An example that is not deployed stands for any automation.
      const place = [...names, 'platform'].includes(stack ?? '') ? stack : names[0];
      const found = ofType(app, type ?? '').filter((it) => it.stack === place && it.id.startsWith(prefix));
      if (!loop) expect(found, line).toHaveLength(1);
      else if (prefix !== WHERE_CONFIGURED) expect(found.length, line).toBeGreaterThan(0);
    }
    const work = ofType(app, 'AWS::SQS::Queue').filter(({ id }) => id.startsWith('workqueue'));
    expect(work.map(({ stack }) => stack).sort()).toEqual(names);
  });

  it('read the log of every function behind the API', () => {
    const [code = ''] = document.split('## `api/errors`')[1]?.split('```sh\n').slice(1) ?? [];
    const platform = /for part in ([\w ]+);/.exec(code)?.[1]?.split(' ') ?? [];
    const [, intake = ''] = /^logs_of (\w+)/m.exec(code) ?? [];
    const behind = new Set(Object.values(ROUTES).map(({ fn }) => fn.replace('/', '--')));
    const found = ofType(app, 'AWS::Lambda::Function').filter(({ path }) =>
      [...behind, 'api--authorize'].includes(path.split('/').at(-1) ?? ''),
    );
    expect(new Set(found.map(({ path }) => path.split('/').at(-1)))).toEqual(
      new Set([...behind, 'api--authorize']),
    );
    const missed = found.filter(
      ({ stack, id }) => !(stack === 'platform' ? platform : [intake]).some((part) => id.startsWith(part)),
    );
    expect(missed.map(({ stack, id }) => `${stack} ${id}`)).toEqual([]);
  });

  it('read the logs of an automation one by one, where several functions are called so', () => {
    const stub = `aws() { case "$*" in
        *list-stacks*) echo Signalbox-prod-one;;
        *list-stack-resources*) printf 'intake-1\\tintake-2';;
        *LoggingConfig*) echo "log of $4";;
        "logs tail"*) echo "lines in $3";;
      esac; }`;
    const said = execFileSync('bash', {
      input: [stub, blocks[0], 'logs_of intake'].join('\n'),
      encoding: 'utf8',
    });
    expect(said).toBe('lines in log of intake-1\nlines in log of intake-2\n');
  });

  it('restore an audit entry with every field that the code writes', () => {
    const row = {
      trail: [{ at: '2026-11-27T09:00:00Z' }],
      attentionCheck: { why: 'a test' },
      facts: { missing: ['crm'], completions: 1 },
    } as unknown as ApprovalRow;
    const { at: _, ...made } = auditEntries(row)[0] ?? { at: '' };
    const program = blocks.find((code) => code.startsWith('restore_audit()')) ?? '';
    expect(Object.keys(made)).toContain('attentionCheck');
    expect(program).toContain('del(.missing, .completions)');
    expect(Object.keys(made).filter((name) => !new RegExp(`\\b${name}\\b`).test(program))).toEqual([]);
  });

  it('find an audit entry in the archive by the beginning of the object that it is in', () => {
    const order = '2026-11-27T09:00:00.000Z#refund-1-g1#0000';
    const program = blocks.find((code) => code.includes('archived() {'))?.split("archived '<")[0] ?? '';
    const key = archiveKey([{ month: order.slice(0, 7), order }]);
    const stub = `physical() { echo archive; }; jq() { cat; }
      aws() { case "$*" in
        *"--prefix audit/2026-11/2026-11-27 "*) echo '${key}';;
        *"cp s3://archive/${key} -"*) echo the copy;;
      esac; }`;
    const said = execFileSync('bash', {
      input: [stub, program, `archived '${order}'`].join('\n'),
      encoding: 'utf8',
    });
    expect(said).toBe('the copy\n');
  });

  it('name attributes that the rows of the approvals have', () => {
    const index = blocks.find((code) => code.includes('--index-name byPhase')) ?? '';
    for (const name of ['phase', 'phaseAt'] satisfies (keyof ApprovalRow)[])
      expect(index).toContain(`${name} `);
  });
});
