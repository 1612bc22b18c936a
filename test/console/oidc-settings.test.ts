import { writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadConfig } from '../../lib/config.ts';
import { approvalSettings } from '../../lib/parts/approval-settings.ts';
import own from '../support/example.config.ts';
import { freshProvider, idp } from './oidc-world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));

vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));

vi.mock('../../lambdas/kit/clock.ts', () => import('../support/clock.ts'));

beforeEach(freshProvider);

afterEach(() => idp.stub.close());

describe('in the configuration', () => {
  async function load(oidc: object) {
    const file = join(await mkdtemp(join(tmpdir(), 'signalbox-oidc-')), 'config.mjs');
    writeFileSync(file, `export default ${JSON.stringify({ ...own, console: { oidc } })};\n`);
    return loadConfig(file);
  }

  it.each([
    'https://id.example.com',
    'https://login.example.com/tenant/v2.0/',
    'http://127.0.0.1:9000',
    'http://localhost/realms/a',
  ])('%s can be an issuer', async (url) => {
    const config = await load({ issuer: url, clientId: 'c' });
    expect(config.console.oidc).toEqual({
      ...{ issuer: url, clientId: 'c', secret: 'signalbox/oidc', emailClaim: 'email', mailedLinks: true },
    });
    expect(approvalSettings(config).oidc).toEqual({
      ...{ issuer: url, clientId: 'c', emailClaim: 'email', mailedLinks: true },
    });
  });

  it.each([
    'http://id.example.com',
    'http://localhost.evil.example',
    'http://127.0.0.1@evil.example',
    'https://id.example.com/?a=b',
    'ftp://id.example.com',
    'id.example.com',
  ])('%s can not', async (url) => {
    await expect(load({ issuer: url, clientId: 'c' })).rejects.toThrow("'console.oidc.issuer'");
  });

  it('a secret itself has no place', async () => {
    await expect(load({ issuer: 'https://a.example', clientId: 'c', clientSecret: 'oops' })).rejects.toThrow(
      'clientSecret',
    );
  });
});
