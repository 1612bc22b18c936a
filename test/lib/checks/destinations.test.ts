import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { RequestRules } from '../../../lambdas/contract/outside/request.ts';
import { excerpt, listOf, type ParameterKind } from '../../../lambdas/contract/parameters.ts';
import { faultsInDestinations } from '../../../lib/checks/destinations.ts';
import { loadConfig } from '../../../lib/config.ts';
import { addContact, changeContact } from '../../recipes/crm.ts';
import { enterInvoice } from '../../recipes/erp.ts';
import { answerTicket, openTicket } from '../../recipes/help-desk.ts';
import { refund } from '../../recipes/payments.ts';
import own from '../../support/example.config.ts';
import { automation } from '../../support/fixtures.ts';

const directory = mkdtempSync(join(tmpdir(), 'signalbox-destinations-'));
afterAll(() => rmSync(directory, { recursive: true }));

let files = 0;
function load(api: object) {
  files += 1;
  const file = join(directory, `${files}.mjs`);
  writeFileSync(
    file,
    `export default ${JSON.stringify({ ...own, destinations: { ...own.destinations, api } })};\n`,
  );
  return loadConfig(file);
}

const API = {
  connector: 'request',
  url: 'https://api.example.com/v1',
  auth: 'bearer',
  secret: 'signalbox/api',
};

describe('a destination of the configuration', () => {
  it('is one that takes the signed call, where it says nothing else', async () => {
    const { destinations } = await load(API);
    expect(destinations['help-desk']).toMatchObject({ connector: 'http', idempotent: true });
    expect(destinations.api).toEqual({ ...API, timeoutSeconds: 8 });
  });

  it.each<[string, object, string]>([
    ['a connector that there is not', { connector: 'soap' }, "'destinations.api.connector'"],
    ['what is of http', { idempotent: true }, "'destinations.api.idempotent': is not known"],
    ['an address without TLS', { url: 'http://api.example.com' }, 'must be an https URL'],
    ['credentials without their secret', { secret: undefined }, "'destinations.api.secret': is missing"],
    ['a secret without use', { auth: undefined }, "'destinations.api.auth': is missing"],
    ['tokens from nowhere', { auth: 'oauth' }, "'destinations.api.tokenUrl': is missing"],
    ['a field of other credentials', { scope: 'all' }, "'destinations.api.scope': belongs to 'auth: oauth'"],
    ['a time that a function does not live', { timeoutSeconds: 11 }, "'destinations.api.timeoutSeconds'"],
  ])('is refused with %s', async (_, changes, fault) => {
    await expect(load({ ...API, ...changes })).rejects.toThrow(fault);
  });
});

describe('an action', () => {
  const faults = async (request: unknown, more: object = {}) => {
    const config = await load(API);
    const action = {
      ...automation.actions.pay,
      destination: 'api',
      ...(request ? { request } : {}),
      ...more,
    };
    return faultsInDestinations({ actions: { do: action as never } }, config).join('\n');
  };

  it.each<[string, RequestRules]>(
    Object.entries({ openTicket, answerTicket, addContact, changeContact, refund, enterInvoice }),
  )('of the recipe %s is no fault', async (_, rules) => {
    expect(await faults(rules)).toBe('');
  });

  it.each<[string, object, string]>([
    ['looks without a question', { repeats: { by: 'lookup' } }, "'lookup' needs 'find'"],
    [
      'trusts keys for no time',
      { repeats: { by: 'body', keptHours: 0 } },
      "'repeats.keptHours' must be positive",
    ],
    [
      'puts the key where the token is',
      { repeats: { by: 'header', name: 'Authorization', keptHours: 1 } },
      'takes a key',
    ],
    ['puts the key into no header', { repeats: { by: 'header', name: 'a b', keptHours: 1 } }, 'takes a key'],
    ['has a reason of two lines', { refusals: ['a\nb'] }, "'refusals' are lines of up to 100"],
    [
      'waits for a day',
      { find: { ...refund.find, settlesSeconds: 86_400 } },
      "'find.settlesSeconds' must be",
    ],
  ])('is refused that %s', async (_, changes, fault) => {
    const { find: _find, ...rules } = refund;
    expect(await faults({ ...rules, ...changes })).toContain(fault);
  });

  it("hands the item's own text on where it is read as a stranger's again, and nowhere else", async () => {
    const told = async (destination: object, kind: ParameterKind, rules: object = {}) => {
      const { destinations } = await load(API);
      const config = { destinations: { ...destinations, there: destination } };
      const { pay } = automation.actions;
      const action = { ...pay, destination: 'there', parameters: { text: kind }, ...rules };
      return faultsInDestinations({ actions: { do: action as never } }, config as never).join('\n');
    };
    const desk = {
      connector: 'http',
      url: 'https://desk.example.com',
      secret: 'signalbox/x',
      idempotent: true,
    };
    const forward = { forward: { body: () => ({}) } };
    for (const kind of [excerpt(), listOf(excerpt(), 2)]) {
      expect(await told(desk, kind)).toContain("'there' may be read by others");
      expect(await told({ ...desk, internal: true }, kind)).toBe('');
      expect(await told({ connector: 'forward', automation: 'a' }, kind, forward)).toBe('');
    }
    const several = { connector: 'forward', automation: ['a', 'b'] };
    expect(await told(several, excerpt(), forward)).toContain("'forward.to' must say which");
    expect(await told(several, excerpt(), { forward: { ...forward.forward, to: () => 'a' } })).toBe('');
  });

  it('says how it is done where the destination has an API of its own, and nowhere else', async () => {
    expect(await faults(undefined)).toContain("it says no 'request', and 'api' has \"connector: 'request'\"");
    expect(await faults(refund, { destination: 'help-desk' })).toContain("and 'help-desk' has 'http'");
    expect(await faults(refund, { success: {} })).toContain("'success' and 'refusal' are of 'http'");
    expect(await faults(refund, { destination: 'none' })).toContain("add it to 'destinations'");
  });
});
