import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { OWN_ENGINE } from './own-engine.ts';

it('live tests start no engine beside the deployments, unless they are told apart', () => {
  const files = readdirSync('test/live').map((name) => `test/live/${name}`);
  const starting = [...files, 'test/local/event-sources.test.ts'].filter((file) =>
    /\b(?:startLocal|startEmulator)\(|'start\.ts'/.test(readFileSync(file, 'utf8')),
  );
  expect(starting.sort()).toEqual([...OWN_ENGINE].sort());
});
