import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { told } from '../support/told.ts';
import { time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => ({
  logger: { info: (...facts: unknown[]) => logged.push(facts) },
}));

const logged: unknown[] = [];
const SHOP_TOKEN = 'shop-token-0123456789abcdef';
const OPS_TOKEN = 'ops-token-0123456789abcdef~+/=.';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

const CLIENTS = JSON.stringify({
  clients: [
    {
      name: 'shop',
      sha256: sha256(SHOP_TOKEN),
      automations: ['support-triage', 'refund-request'],
      callbackKey: 'k',
    },
    {
      name: 'ops',
      sha256: sha256(OPS_TOKEN),
      automations: ['*'],
      role: 'operator',
      rate: { perSecond: 5, burst: 20 },
      quota: { perDay: 300 },
    },
  ],
});

let hours = 0;

/** The function as if it had read nothing yet: what it keeps in memory is too old by now. */
async function fresh() {
  process.env.CLIENTS_SECRET = 'signalbox/clients';
  process.env.EDGE_SECRET = 'none';
  const { handler } = await import('../../lambdas/api/authorize.lambda.ts');
  hours += 1;
  time.freeze();
  time.advance(hours * 3600);
  return (authorization?: string) =>
    handler({ headers: authorization === undefined ? {} : { authorization } } as never);
}

beforeEach(() => {
  world.reset();
  time.freeze();
  logged.length = 0;
  world.secrets['signalbox/clients'] = CLIENTS;
});

describe('the authorizer', () => {
  it('names the client of a token, its automations and its role', async () => {
    const authorize = await fresh();

    expect(await authorize(`Bearer ${SHOP_TOKEN}`)).toEqual({
      isAuthorized: true,
      context: {
        client: 'shop',
        automations: 'support-triage,refund-request',
        role: 'client',
        limits: '10 100 10000',
        callbacks: 'yes',
      },
    });
    expect((await authorize(`bearer ${OPS_TOKEN}`)).context).toEqual({
      client: 'ops',
      automations: '*',
      role: 'operator',
      limits: '5 20 300',
    });
  });

  it.each(
    told([
      undefined,
      '',
      'Bearer ',
      'Bearer',
      SHOP_TOKEN,
      `Basic ${SHOP_TOKEN}`,
      `Bearer  ${SHOP_TOKEN}`,
      `Bearer ${SHOP_TOKEN} x`,
      `Bearer ${SHOP_TOKEN.toUpperCase()}`,
      `Bearer ${SHOP_TOKEN.slice(0, -1)}`,
      `Bearer ${SHOP_TOKEN}0`,
      `Bearer ${sha256(SHOP_TOKEN)}`,
      'Bearer short',
      `Bearer ${'x'.repeat(513)}`,
      `Bearer ${SHOP_TOKEN}\nBearer ${OPS_TOKEN}`,
      'Bearer undefined0123456789',
    ]),
  )('names nobody for %s, and lets the door answer with a 401', async (_, header) => {
    const authorize = await fresh();

    expect(await authorize(header)).toEqual({ isAuthorized: true, context: {} });
  });

  it('reads the secret for no request without a token', async () => {
    const authorize = await fresh();
    await authorize();
    await authorize('Basic x');

    expect(world.calls).toEqual([]);
  });

  it('reads it once a minute, so that a client who is removed is out soon after', async () => {
    const authorize = await fresh();
    for (let times = 0; times < 10; times += 1) await authorize(`Bearer ${SHOP_TOKEN}`);
    expect(world.calls).toHaveLength(1);

    world.secrets['signalbox/clients'] = '{"clients":[]}';
    time.advance(59);
    expect((await authorize(`Bearer ${SHOP_TOKEN}`)).context).toMatchObject({ client: 'shop' });
    time.advance(1);

    expect((await authorize(`Bearer ${SHOP_TOKEN}`)).context).toEqual({});
  });

  it('fails where nobody has filled its secret, instead of letting anybody in', async () => {
    for (const secret of ['', 'a generated password', '{"clients":']) {
      world.secrets['signalbox/clients'] = secret;
      const authorize = await fresh();
      await expect(authorize(`Bearer ${SHOP_TOKEN}`)).rejects.toThrow(/holds no JSON/);
    }
    world.secrets['signalbox/clients'] = '{}';
    const authorize = await fresh();
    await expect(authorize(`Bearer ${SHOP_TOKEN}`)).rejects.toThrow();
  });

  it('never writes a token into the log', async () => {
    const authorize = await fresh();
    await authorize(`Bearer ${SHOP_TOKEN}`);
    await authorize('Bearer unknown-token-0123456789');

    expect(logged).toHaveLength(2);
    expect(JSON.stringify(logged)).not.toContain('token');
  });
});
