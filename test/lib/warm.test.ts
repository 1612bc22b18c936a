import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { beforeAll, describe, expect, it } from 'vitest';
import { ofType, property, type Synthesised, synthesise, text } from '../support/synth.ts';

/* Instances that are kept warm: `warm` of the configuration. */

const AUTOMATION = 'refund-request';
let prod: Synthesised;
let local: Synthesised;

beforeAll(async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'signalbox-warm-')), 'signalbox.config.mjs');
  const full = JSON.stringify(resolve('test/support/full.config.ts'));
  const warm = { authorize: 2, automations: { [AUTOMATION]: { intake: 1, process: 3 } } };
  writeFileSync(
    file,
    `import full from ${full};\nexport default { ...full, warm: ${JSON.stringify(warm)} };\n`,
  );
  [prod, local] = [await synthesise('prod', { config: file }), await synthesise('local', { config: file })];
});

const KEPT = [
  ['platform', 'api--authorize', 2],
  [AUTOMATION, 'intake--intake', 1],
  [AUTOMATION, 'process--process', 3],
] as const;

const aliases = () => ofType(prod, 'AWS::Lambda::Alias');
const aliasOf = (name: string) => {
  const found = aliases().find(({ path }) => path.includes(name));
  if (!found) throw new Error(`there is no alias of ${name}`);
  return found;
};

describe('instances that are kept warm', () => {
  it('are as many of each function as the configuration says, and none of others', () => {
    const kept = aliases().map((alias) => {
      const { ProvisionedConcurrentExecutions: many } = property(alias, 'ProvisionedConcurrencyConfig') as {
        ProvisionedConcurrentExecutions: number;
      };
      return [alias.stack, alias.path.split('/').at(-2), many];
    });

    expect(kept.toSorted()).toEqual(KEPT.map((it) => [...it]).toSorted());
    expect(ofType(prod, 'AWS::Lambda::Version')).toHaveLength(KEPT.length);
  });

  it.each(['intake--intake', 'process--process'])('are what calls %s', (name) => {
    const callers = [
      ...ofType(prod, 'AWS::Lambda::EventSourceMapping').map((it) => property(it, 'FunctionName')),
      ...ofType(prod, 'AWS::ApiGatewayV2::Integration').map((it) => property(it, 'IntegrationUri')),
    ].map(text);

    expect(callers.filter((called) => called.includes(aliasOf(name).id))).toHaveLength(1);
  });

  it('are what the API asks who a caller is, and what it may ask', () => {
    const { id } = aliasOf('api--authorize');
    const [authorizer] = ofType(prod, 'AWS::ApiGatewayV2::Authorizer');
    const permissions = ofType(prod, 'AWS::Lambda::Permission').map((it) => property(it, 'FunctionName'));

    expect(authorizer && text(property(authorizer, 'AuthorizerUri'))).toContain(id);
    expect(permissions.map(text).filter((called) => called.includes(id))).toHaveLength(1);
  });

  it('are left out locally', () => {
    expect(ofType(local, 'AWS::Lambda::Alias')).toEqual([]);
    expect(ofType(local, 'AWS::Lambda::Version')).toEqual([]);
  });

  it('have no cheaper kind: a snapshot of a started function is not to be had for Node.js', () => {
    expect(Runtime.PYTHON_3_13.supportsSnapStart).toBe(true);
    expect(Runtime.NODEJS_24_X.supportsSnapStart).toBe(false);
  });
});
