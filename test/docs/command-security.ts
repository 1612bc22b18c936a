import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { COOL_DAYS } from '../../local/supply/published.ts';
import { ROOT } from './fences.ts';

/** How the commands of the security review are looked at: see `commands.test.ts`. */
export const ofSecurity = (scripts: Readonly<Record<string, string>>) => [
  {
    // test/house/redteam.test.ts looks at what it can see.
    matches: /^npm run redteam(?: -- (?:--automation ([\w-]+)|--data \w+ --every \d+))?$/,
    how: 'checked' as const,
    check: ([, automation]: RegExpExecArray) => {
      expect(scripts.redteam).toBeDefined();
      if (automation) expect(existsSync(join(ROOT, 'automations', automation))).toBe(true);
    },
  },
  {
    matches: /^npm ci$/,
    how: 'checked' as const,
    check: () => expect(existsSync(join(ROOT, 'package-lock.json'))).toBe(true),
  },
  {
    matches: /^npm install --save-exact --min-release-age=(\d+) zod$/,
    how: 'checked' as const,
    check: ([, days]: RegExpExecArray) => expect(Number(days)).toBe(COOL_DAYS),
  },
  {
    // test/local/capacity/ tests its parts, and that the pages are as it makes them.
    matches: /^npm run capacity(?: -- (?:page|--items \d+))?$/,
    how: 'checked' as const,
    check: () => expect(scripts.capacity).toBeDefined(),
  },
  {
    // test/local/supply.test.ts tests its parts, test/house/dependencies.test.ts what it finds.
    matches: /^npm run (sbom|dependencies)(?: -- (?:audit|refresh)| > [\w.]+)?$/,
    how: 'checked' as const,
    check: ([, script = '']: RegExpExecArray) => expect(scripts[script]).toBeDefined(),
  },
];
