import { beforeAll, expect, it } from 'vitest';
import { loadConfig } from '../../lib/config.ts';
import { automations } from '../support/automations.ts';
import { allowances, ofType, property, type Synthesised, synthesise, text } from '../support/synth.ts';

/* Who may read which secret. */

let prod: Synthesised;

beforeAll(async () => {
  prod = await synthesise('prod');
});

it('keeps the secret of a destination from an automation that has no action there', async () => {
  const { destinations } = await loadConfig('test/support/full.config.ts');
  for (const [name, destination] of Object.entries(destinations)) {
    if (!('secret' in destination)) continue;
    const { secret: named } = destination;
    const secret = ofType(prod, 'AWS::SecretsManager::Secret').find(
      (it) => property(it, 'Name') === named?.replace('signalbox/', 'signalbox/prod/'),
    );
    // Channels of one workspace have one bot, and its token is one secret.
    const sharing = Object.entries(destinations).flatMap(([other, one]) =>
      'secret' in one && one.secret === named ? [other] : [],
    );
    const users = automations.filter(({ actions }) =>
      Object.values(actions).some(({ destination }) => sharing.includes(destination)),
    );
    const readers = allowances(prod).filter(({ statement }) =>
      text(statement.Resource).includes(secret?.id ?? '-'),
    );
    expect(new Set(readers.map(({ stack }) => stack)), name).toEqual(new Set(users.map((it) => it.name)));
    for (const other of automations.filter((it) => !users.includes(it)))
      expect(JSON.stringify(prod.templates[other.name]?.toJSON()), name).not.toContain(secret?.id ?? '');
  }
});

it('keeps the secret of a source, and its breaker, from an automation that neither polls nor asks it', async () => {
  const { sources } = await loadConfig('test/support/full.config.ts');
  for (const [name, { secret: named }] of Object.entries(sources)) {
    const users = automations.filter(({ doors, lookups }) =>
      [...Object.values(doors?.schedules ?? {}), ...Object.values(lookups ?? {})].some(
        ({ source }) => source === name,
      ),
    );
    const secret = ofType(prod, 'AWS::SecretsManager::Secret').find(
      (it) => property(it, 'Name') === named?.replace('signalbox/', 'signalbox/prod/'),
    );
    const readers = allowances(prod).filter(({ statement }) =>
      text(statement.Resource).includes(secret?.id ?? '-'),
    );
    expect(new Set(readers.map(({ stack }) => stack)), name).toEqual(new Set(users.map((it) => it.name)));
    for (const other of automations.filter((it) => !users.includes(it)))
      expect(JSON.stringify(prod.templates[other.name]?.toJSON()), name).not.toContain(`source#${name}`);
  }
});

/** They are told of the endpoints' secrets by the module `@bundled/endpoints`, not by their environment. */
const ASK_ENDPOINTS = /process--process|operate--probe/;

it('gives each function only the secrets it is told of', () => {
  for (const { stack, path, statement } of allowances(prod)) {
    if (![statement.Action].flat().includes('secretsmanager:GetSecretValue')) continue;
    const name = path.replace(' ServiceRole/DefaultPolicy', '');
    const fn = ofType(prod, 'AWS::Lambda::Function').find((it) => it.stack === stack && it.path === name);
    const told = JSON.stringify(fn?.resource.Properties.Environment);
    for (const resource of [statement.Resource].flat()) {
      if (ASK_ENDPOINTS.test(path) && /datasignalboxendpoints/.test(text(resource))) continue;
      // Known by the names of automation and webhook.
      if (/intake--intake/.test(path) && /<signalboxwebhooks/.test(text(resource))) continue;
      const secret = /((?:data)?signalbox\w+?)(?:Ref|[0-9A-F]{8})/.exec(text(resource))?.[1];
      expect(told, `${path} reads ${text(resource)}`).toContain(secret);
    }
  }
});

it('lets only the intake of its automation read what calls of a webhook are signed with', () => {
  const readers = allowances(prod).filter(({ statement }) =>
    /signalboxwebhooks/.test(text(statement.Resource)),
  );
  const doors = automations.filter(({ doors }) => doors?.webhooks).map(({ name }) => name);
  expect(readers.every(({ path }) => /intake--intake/.test(path))).toBe(true);
  expect(new Set(readers.map(({ stack }) => stack))).toEqual(new Set(doors));
});

it('lets only the processors and the probe read the keys of the endpoints', () => {
  const readers = allowances(prod).filter(({ statement }) =>
    text(statement.Resource).includes('datasignalboxendpoints'),
  );
  expect(new Set(readers.map(({ stack }) => stack))).toEqual(
    new Set(['platform', ...automations.map(({ name }) => name)]),
  );
  expect(readers.filter(({ path }) => !ASK_ENDPOINTS.test(path)).map(({ path }) => path)).toEqual([]);
});

it('lets the authorizer alone read who the callers are, and who signs their callbacks', () => {
  const clients = ofType(prod, 'AWS::SecretsManager::Secret').find(
    (it) => property(it, 'Name') === 'signalbox/prod/clients',
  );
  const readers = allowances(prod).filter(({ statement }) =>
    text(statement.Resource).includes(clients?.id ?? '-'),
  );
  expect(readers.map(({ path }) => path.split('/').at(-2)).sort()).toEqual([
    expect.stringContaining('api--authorize'),
    expect.stringContaining('record--callback'),
  ]);
});
