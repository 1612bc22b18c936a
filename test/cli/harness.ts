import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest';
import { accepted } from './recorded.ts';
import { type Outcome, StubApi, type Surroundings, signalbox } from './world.ts';

export const api = new StubApi();
export const folder = mkdtempSync(join(tmpdir(), 'signalbox-cli-'));
beforeAll(() => api.start());
afterAll(async () => {
  await api.stop();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  api.calls.length = 0;
  api.answers = {};
});
afterEach(() => vi.unstubAllEnvs());

export function run(argv: readonly string[], around: Surroundings = {}): Promise<Outcome> {
  return signalbox(argv, {
    ...around,
    env: { SIGNALBOX_API_URL: `${api.url}/`, SIGNALBOX_TOKEN: 'a-client-token', ...around.env },
  });
}

export const POST = 'POST /v1/automations/refund-request/items';
export const ITEM = `/v1/items/${accepted.id}`;
