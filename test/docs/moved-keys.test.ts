import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { keysOf } from '../../lambdas/keys/derive.ts';
import { time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/clock.ts', () => import('../support/clock.ts'));

/* What the runbook tells operators to paste, with files for secrets: afterwards the keys are what they were. */

const [, MOVE = ''] = /^(move\(\) \{\n[\s\S]*?\n\})$/m.exec(readFileSync('docs/runbook.md', 'utf8')) ?? [];
const STUB = `
aws() {
  local name=""; local value=""
  for word in "$@"; do
    [ "$last" = --secret-id ] && name="$word"
    [ "$last" = --secret-string ] && value="$word"
    last="$word"
  done
  case "$2" in
    get-secret-value) cat "$name" ;;
    put-secret-value) [ -z "$REFUSES" ] && printf %s "$value" > "$name" ;;
    delete-secret) rm "$name" ;;
  esac
}
`;
const ROOT = 'a'.repeat(48);
let folder: string;

beforeEach(() => {
  world.reset();
  time.freeze();
  folder = mkdtempSync(join(tmpdir(), 'signalbox-keys-'));
  mkdirSync(join(folder, 'signalbox/prod/gates'), { recursive: true });
  writeFileSync(join(folder, 'signalbox/prod/keys'), JSON.stringify({ key: ROOT }));
  writeFileSync(join(folder, 'signalbox/prod/gates/demo'), '{"key":"key-of-before"}');
  writeFileSync(join(folder, 'signalbox/prod/decisions'), '{"key":"of-decisions"}');
});
afterEach(() => rmSync(folder, { recursive: true }));

const paste = (commands: string, refuses = '') =>
  execFileSync('bash', {
    ...{ cwd: folder, input: `${STUB}\n${MOVE}\n${commands}\n`, stdio: ['pipe', 'pipe', 'pipe'] },
    env: { ...process.env, REFUSES: refuses },
  });
const held = (name: string) => readFileSync(join(folder, 'signalbox/prod', name), 'utf8');
const keysNow = (purpose: string) => {
  world.secrets['signalbox/prod/keys'] = held('keys');
  const EARLIER_SECRET = `signalbox/prod/${purpose}`;
  return keysOf({ ROOT_SECRET: 'signalbox/prod/keys', PURPOSE: purpose, EARLIER_SECRET });
};

it('keys of an earlier version are moved one after the other, and stay what they were', async () => {
  paste('move gates/demo; move decisions');
  expect(JSON.parse(held('keys'))).toEqual({
    key: ROOT,
    kept: { 'gates/demo': 'key-of-before', decisions: 'of-decisions' },
  });
  expect((await keysNow('gates/demo')).keys[0]).toBe('key-of-before');
  expect((await keysNow('decisions')).keys[0]).toBe('of-decisions');
  expect(() => held('gates/demo')).toThrow('ENOENT');
});

it('an earlier secret is not removed where its key could not be put into the root', () => {
  expect(() => paste('move gates/demo', 'yes')).toThrow();
  expect(held('gates/demo')).toContain('key-of-before');
  expect(JSON.parse(held('keys'))).toEqual({ key: ROOT });
});
