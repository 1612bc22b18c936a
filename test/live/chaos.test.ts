import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Account } from '../../local/account.ts';
import { Paid } from '../../local/chaos/collect.ts';
import { faultNamed } from '../../local/chaos/faults/all.ts';
import { Random } from '../../local/chaos/random.ts';
import { runOnce } from '../../local/chaos/run.ts';
import type { Told } from '../../local/chaos/wire.ts';
import { World } from '../../local/chaos/world.ts';
import { outputs } from '../support/app.ts';
import { deployment } from '../support/deployment.ts';
import { listening } from '../support/listening.ts';

/* Three runs of `npm run chaos`, with faults that need no application of their own and whose mending waits for no long pause. */

const SEED = 1;
const PATIENCE_SECONDS = 120;

const told: Told[] = [];
const paid = new Paid();
let server: Server;
let world: World;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    told.push(JSON.parse(Buffer.concat(chunks).toString('utf8')) as Told);
    response.end();
  });
  world = new World({
    ...{ outputs, stateDir: deployment.stateDir, account: new Account(outputs.endpointUrl) },
    ...{ hook: `${await listening(server)}/hook`, told },
  });
});
afterAll(() => new Promise((closed) => server.close(closed)));

it.each(['message-again', 'two-redrives', 'opposite-decisions'])(
  '%s: nothing is lost, nothing is done twice or unasked',
  async (name) => {
    const { items, violations } = await runOnce({
      ...{ world, rig: undefined, random: Random.of(SEED, 1), fault: faultNamed(name), paid },
      ...{ name: `smoke-${name}`, patience: PATIENCE_SECONDS },
    });
    expect(violations).toEqual([]);
    expect(items).toBeGreaterThanOrEqual(4);
  },
);
