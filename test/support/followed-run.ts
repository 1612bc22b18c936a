import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../docs/fences.ts';
import { follow } from './followed.ts';

/* `npm test`: every test, in a copy with three more automations. With arguments Vitest runs where it was called. */

const copy = follow();
console.log(`running in ${copy}: the repository with three more automations (test/support/followed.ts)`);
const child = spawn(process.execPath, [join(ROOT, 'node_modules', 'vitest', 'vitest.mjs'), 'run'], {
  cwd: copy,
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => {
  rmSync(copy, { recursive: true, force: true });
  process.exitCode = code ?? 1;
});
