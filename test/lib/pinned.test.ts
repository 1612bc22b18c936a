import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { checkPin } from '../../lib/environment-config.ts';
import { environmentOf } from '../../lib/parts/environment.ts';
import { application, ofType, type Synthesised, synthesise } from '../support/synth.ts';

/* An environment is where its configuration says, and nowhere else. */

const PROD = { account: '111122223333', region: 'eu-central-1' };

function configured(environments: object): string {
  const file = join(mkdtempSync(join(tmpdir(), 'signalbox-pinned-')), 'pinned.config.ts');
  writeFileSync(
    file,
    `import full from ${JSON.stringify(resolve('test/support/full.config.ts'))};
export default { ...full, environments: ${JSON.stringify(environments)} };
`,
  );
  return file;
}

describe('credentials', () => {
  it.each([
    ['of another account', '999999999999', /'prod' is in account 111122223333, .* are of 999999999999/],
    ['of its own account', PROD.account, undefined],
    ['that are absent', undefined, undefined],
  ])('%s', (_, account, fault) => {
    const check = () => checkPin('prod', PROD, account);
    if (fault) expect(check).toThrow(fault);
    else expect(check).not.toThrow();
  });

  it('are no matter where nothing is pinned', () =>
    expect(() => checkPin('dev', undefined, '999999999999')).not.toThrow());

  it('of another account end a synthesis before anything is made', async () => {
    vi.stubEnv('CDK_DEFAULT_ACCOUNT', '999999999999');
    const config = configured({ prod: PROD });
    const made = application('prod', { config });
    await expect(made.finally(() => vi.unstubAllEnvs())).rejects.toThrow("change 'environments.prod'");
  });
});

describe('a pinned environment', () => {
  let app: Synthesised;
  beforeAll(async () => {
    const prod = { ...PROD, permissionsBoundary: 'signalbox-boundary' };
    app = await synthesise('prod', { config: configured({ prod }) });
  });

  it('names account and region in every stack, so that no shell can move it', () => {
    const manifest = readFileSync(join(app.directory, 'manifest.json'), 'utf8');
    const found = [...manifest.matchAll(/"environment": "(aws:[^"]+)"/g)].map(([, where]) => where);
    expect(found.length).toBeGreaterThanOrEqual(app.stacks.length);
    expect(new Set(found)).toEqual(new Set(['aws://111122223333/eu-central-1']));
  });

  it('gives every role its boundary', () => {
    const roles = ofType(app, 'AWS::IAM::Role');
    expect(roles.length).toBeGreaterThan(10);
    const without = roles.filter(({ resource }) => {
      const boundary = JSON.stringify(resource.Properties.PermissionsBoundary ?? '');
      return !boundary.includes('policy/signalbox-boundary');
    });
    expect(without.map(({ path }) => path)).toEqual([]);
  });
});

describe('an environment on the local engine', () => {
  it('is what is pinned to the account that AWS gives to nobody, whatever its name', () => {
    const pinned = { account: '000000000000', region: 'us-east-1' };
    expect(environmentOf('prod', undefined, pinned)).toMatchObject({ local: true, protected: true });
    expect(environmentOf('prod', undefined, PROD)).toMatchObject({ local: false });
  });
});

it.each([
  ['an account that is none', { prod: { ...PROD, account: '1111' } }, 'must be the 12 digits'],
  ['a region that is none', { prod: { ...PROD, region: 'Frankfurt' } }, 'must be a region'],
  ['an environment of a name that is none', { 'prod-eu': PROD }, 'environments'],
])('the configuration refuses %s', async (_, environments, says) => {
  await expect(application('prod', { config: configured(environments) })).rejects.toThrow(says);
});
