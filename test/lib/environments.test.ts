import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { automations } from '../support/automations.ts';
import { type Synthesised, synthesise, text } from '../support/synth.ts';

/* Two environments in one account and region, and one that is deployed again after a change. */

let prod: Synthesised;
let dev: Synthesised;

beforeAll(async () => {
  prod = await synthesise('prod');
  dev = await synthesise('dev');
});

/**
 * Properties called a name that are none of the account's: of a part within a resource, or of what AWS made.
 */
const INNER = [
  // The account's one active rule set takes the rules of every environment; a rule's own name stands within it.
  /^AWS::SES::ReceiptRule RuleSetName/,
  /^AWS::ApiGatewayV2::(?:Authorizer|Stage|Integration|Route) /,
  /^AWS::CloudWatch::Alarm (?:MetricName|Namespace: AWS\/)/,
  /^AWS::IAM::Policy PolicyName/,
  /^AWS::SNS::Topic DisplayName/,
];

/** Every name that is chosen in a template, of stacks and exports too, with what it names. */
function chosenNames({ stacks, resources, templates }: Synthesised): string[] {
  const names = resources.flatMap(({ resource }) =>
    Object.entries(resource.Properties)
      .filter(([key]) => /Name$|^Namespace$/.test(key))
      .map(([key, value]) => `${resource.Type} ${key}: ${text(value)}`)
      .filter((name) => !/: <[^>]+>$/.test(name) && !INNER.some((inner) => inner.test(name))),
  );
  const outputs = Object.values(templates).flatMap(
    (template) => Object.values(template.toJSON().Outputs ?? {}) as { Export?: { Name: string } }[],
  );
  const exported = outputs.flatMap((output) => (output.Export ? [`export ${text(output.Export.Name)}`] : []));
  return [...names, ...exported, ...stacks.map(({ stackName }) => `stack ${stackName}`)];
}

describe('two environments', () => {
  it('have no physical name in common', () => {
    const names = new Set(chosenNames(dev));
    expect(names.size).toBeGreaterThan(40);
    expect(chosenNames(prod).filter((name) => names.has(name))).toEqual([]);
  });

  it('have their own secrets, bus, work queues, runs, alarms and metrics', () => {
    const names = chosenNames(dev).join('\n');
    for (const name of [
      'AWS::SecretsManager::Secret Name: signalbox/dev/clients',
      'AWS::Events::EventBus Name: signalbox-dev',
      ...automations.flatMap(({ name }) => [
        `AWS::SQS::Queue QueueName: signalbox-dev-${name}-work`,
        `AWS::StepFunctions::StateMachine StateMachineName: signalbox-dev-${name}`,
      ]),
      'AWS::CloudWatch::Alarm AlarmName: signalbox-dev: approvals/tampered',
      'AWS::CloudWatch::Alarm Namespace: Signalbox/dev',
      'stack Signalbox-dev-platform',
    ])
      expect(names).toContain(name);
  });

  it('name no environment of the other in what they may do', () => {
    for (const [own, other] of [
      [prod, 'dev'],
      [dev, 'prod'],
    ] as const) {
      const templates = JSON.stringify(Object.values(own.templates).map((template) => template.toJSON()));
      expect(templates).not.toMatch(new RegExp(`[Ss]ignalbox[-/]${other}\\b`));
    }
  });
});

describe('a state machine', () => {
  it('is not kept under its fixed name: the next deploy could not make it', () => {
    const machines = prod.resources.filter(({ resource }) => /StateMachine$/.test(resource.Type));
    expect(machines.map(({ resource }) => resource.DeletionPolicy)).toEqual(machines.map(() => 'Delete'));
    expect(machines).toHaveLength(automations.length);
  });
});

describe('a deployed environment', () => {
  it('exports nothing: CloudFormation refuses to change an export that another stack uses', () => {
    for (const [stack, template] of Object.entries(prod.templates)) {
      const body = JSON.stringify(template.toJSON());
      expect(body, stack).not.toContain('Fn::ImportValue');
      expect(body, stack).not.toContain('"Export"');
    }
  });

  it('takes another secret for a destination and an endpoint: each stack asks for what is there by then', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'signalbox-config-')), 'changed.config.ts');
    writeFileSync(
      file,
      `import full from ${JSON.stringify(resolve('test/support/full.config.ts'))};
const { destinations, endpoints } = full;
const rename = (all) => Object.fromEntries(
  Object.entries(all).map(([name, one]) => [name, one.secret ? { ...one, secret: one.secret + '-2' } : one]),
);
export default { ...full, destinations: rename(destinations), endpoints: rename(endpoints) };
`,
    );
    const changed = await synthesise('prod', { config: file });
    expect(JSON.stringify(changed.templates.platform?.toJSON())).toContain('refund-ledger-2');
    for (const app of [prod, changed]) expect(dangling(app)).toEqual([]);
    expect(asked(changed)).not.toEqual(asked(prod));
  });
});

/** What the automations ask of the platform's outputs. */
function asked({ templates }: Synthesised): string[] {
  const { platform: _, ...others } = templates;
  const bodies = Object.values(others).map((template) => JSON.stringify(template.toJSON()));
  return bodies.flatMap((body) => [...body.matchAll(/"OutputName":"(\w+)"/g)].map(([, name = '']) => name));
}

function dangling(app: Synthesised): string[] {
  const outputs = Object.keys(app.templates.platform?.toJSON().Outputs ?? {});
  expect(asked(app).length).toBeGreaterThan(20);
  return asked(app).filter((name) => !outputs.includes(name));
}

describe('a stack', () => {
  it('of production is protected from deletion, and no other', () => {
    expect(prod.stacks).toHaveLength(1 + automations.length);
    expect(prod.stacks.every(({ terminationProtection }) => terminationProtection)).toBe(true);
    expect(dev.stacks.some(({ terminationProtection }) => terminationProtection)).toBe(false);
  });

  it('has tags by which a bill is told apart', () => {
    expect(dev.stacks.map(({ tags }) => tags)).toEqual([
      { application: 'signalbox', environment: 'dev' },
      ...automations.map(({ name }) => ({ application: 'signalbox', environment: 'dev', automation: name })),
    ]);
  });

  it('is synthesised without a warning', () => {
    for (const { stackName, warnings } of [...prod.stacks, ...dev.stacks])
      expect(warnings, stackName).toEqual([]);
  });

  it('logs what AWS delivers under /aws/vendedlogs/', () => {
    const named = prod.resources.flatMap(({ resource }) =>
      resource.Type === 'AWS::Logs::LogGroup' ? [resource.Properties.LogGroupName] : [],
    );
    expect(named.filter((name) => name !== undefined).sort()).toEqual([
      '/aws/vendedlogs/apis/signalbox-prod',
      ...automations.map(({ name }) => `/aws/vendedlogs/states/signalbox-prod-${name}`),
    ]);
  });
});
