import { readFileSync } from 'node:fs';
import { dirname, normalize } from 'node:path';
import { expect, it } from 'vitest';

/* What the command line loads before it knows which command is meant: by imports that are no types, and not `import()`. */

const IMPORT = /^(?:import|export) (?!type\b)(?:[^;]*? from )?'(\.[^']+)';/gms;

function loaded(start: string): Map<string, string | undefined> {
  const by = new Map<string, string | undefined>([[start, undefined]]);
  for (const path of by.keys()) {
    const code = readFileSync(path, 'utf8');
    for (const [statement, target = ''] of code.matchAll(IMPORT)) {
      // All that is taken of it are types.
      if (/^import \{(?:\s*type [^,}]+,?)+\s*\}/.test(statement)) continue;
      const file = normalize(`${dirname(path)}/${target}`);
      if (!by.has(file)) by.set(file, path);
    }
  }
  return by;
}

it('loads no client of AWS and no logger, which would make each command slow and a rehearsal talk', () => {
  const by = loaded('cli/main.ts');
  expect(by.size).toBeGreaterThan(100);
  const way = (file: string): string => {
    const from = by.get(file);
    return from === undefined ? file : `${way(from)} → ${file}`;
  };
  const wrong = [...by.keys()].filter((it) => /^lambdas\/kit\/(?:aws|telemetry|http)\.ts$/.test(it));
  expect(wrong.map(way)).toEqual([]);
});
