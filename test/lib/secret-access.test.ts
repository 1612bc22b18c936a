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

type Found = ReturnType<typeof ofType>[number];
const variables = (fn: Found | undefined): Record<string, string | undefined> =>
  (fn && property<{ Variables: Record<string, string> }>(fn, 'Environment')?.Variables) ?? {};

/** Functions that make keys, by what they make them of. */
const makers = () =>
  ofType(prod, 'AWS::Lambda::Function').filter((it) => variables(it).PURPOSE !== undefined);
const purposeOf = (fn: Found) => String(variables(fn).PURPOSE);

it('gives each function only the secrets it is told of', () => {
  for (const { stack, path, statement } of allowances(prod)) {
    if (![statement.Action].flat().includes('secretsmanager:GetSecretValue')) continue;
    const name = path.replace(' ServiceRole/DefaultPolicy', '');
    const fn = ofType(prod, 'AWS::Lambda::Function').find((it) => it.stack === stack && it.path === name);
    const told = JSON.stringify(fn?.resource.Properties.Environment);
    for (const resource of [statement.Resource].flat()) {
      if (ASK_ENDPOINTS.test(path) && /datasignalboxendpoints/.test(text(resource))) continue;
      // Known by the automation's name, and those of earlier versions by the webhook's.
      if (/intake--intake/.test(path) && /<signalboxwebhooks|\/webhooks\//.test(text(resource))) continue;
      // What an earlier version made of the very keys that this function makes.
      const left = /:secret:(signalbox\/prod\/[\w/-]+)-\?{6}$/.exec(text(resource))?.[1];
      if (left !== undefined && left === variables(fn).EARLIER_SECRET) continue;
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

it('lets nothing but what makes keys read what they are made from, and none of these make keys of two purposes', () => {
  const root = ofType(prod, 'AWS::SecretsManager::Secret').find(
    (it) => property(it, 'Name') === 'signalbox/prod/keys',
  );
  const readers = allowances(prod).filter(({ statement }) =>
    text(statement.Resource).includes(root?.id ?? '-'),
  );
  expect(readers.map(({ path }) => path).filter((path) => !/keys--derive/.test(path))).toEqual([]);
  expect(readers).toHaveLength(makers().length);
  const purposes = makers().map(purposeOf);
  expect(new Set(purposes).size).toBe(purposes.length);
  expect(purposes.sort()).toEqual(
    ['approvals', 'cursors', 'decisions', ...automations.map(({ name }) => `gates/${name}`)].sort(),
  );
});

it.each([
  ['approvals', /approve--page|console--console|approve--timekeeper/],
  ['decisions', /approve--page|console--console|approve--slack|act--act/],
  ['cursors', /api--api|operate--commands|operate--erase|operate--verify|record--outcomes/],
  ['gates/', /process--process|act--act/],
] as const)(
  'lets only those have the keys of %s that seal with them, or look at what they sealed',
  (purpose, may) => {
    const wanted = makers().filter((it) => purposeOf(it).startsWith(purpose));
    expect(wanted.length).toBeGreaterThan(0);
    for (const fn of wanted) {
      const name = property<string>(fn, 'FunctionName');
      const callers = allowances(prod).filter(({ stack, statement }) => {
        const invokes = [statement.Action].flat().includes('lambda:InvokeFunction');
        const resource = text(statement.Resource);
        return invokes && (name ? resource.includes(name) : stack === fn.stack && resource.includes(fn.id));
      });
      expect(callers.length, purposeOf(fn)).toBeGreaterThan(1);
      expect(callers.map(({ path }) => path).filter((path) => !may.test(path))).toEqual([]);
      // A gate's keys stay in the stack of their automation.
      if (!name) expect(new Set(callers.map(({ stack }) => stack))).toEqual(new Set([fn.stack]));
    }
    // No role may call every function.
    const all = allowances(prod).filter(
      ({ statement }) =>
        [statement.Action].flat().includes('lambda:InvokeFunction') &&
        /function:[^"]*\*/.test(text(statement.Resource)),
    );
    expect(all.map(({ path }) => path)).toEqual([]);
  },
);
