import '../quiet.ts';
import '../markdown.ts';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../state.ts';
import { numberOption, UsageError } from '../usage.ts';

const { givenBy } = await import('./given.ts');
const { PAGES, withTables } = await import('./page.ts');
const { SECTIONS, STEPS, stepsTable } = await import('./tables.ts');

const USAGE = `npm run capacity [-- [page] [options]]

Prints what bounds how much goes through, what it costs, and what its stacks
come to, of prod in your configuration.

  --config FILE  another configuration (signalbox.config.ts)
  --items N      items a day, beside 10,000 to 10 million
  page           make the tables of docs/capacity.md and docs/maintenance.md
                 anew, for the configuration as it is shipped`;

const SHIPPED = 'local/capacity/shipped.config.ts';

try {
  const { values, positionals } = parsed();
  if (values.help) console.log(USAGE);
  else if (positionals[0] === 'page') {
    const given = await givenBy(SHIPPED);
    for (const path of Object.keys(PAGES)) {
      const file = join(ROOT, path);
      writeFileSync(file, withTables(path, readFileSync(file, 'utf8'), given));
    }
  } else {
    const items = numberOption('items', values.items, 1, 1e9, true);
    const given = await givenBy(values.config ?? 'signalbox.config.ts');
    const { steps: _, duties: __, ...others } = SECTIONS;
    console.log(stepsTable(given, items ? [items, ...STEPS].sort((a, b) => a - b) : STEPS));
    for (const section of Object.values(others)) console.log(`\n${section(given)}`);
  }
} catch (error) {
  console.error(error instanceof UsageError ? error.message : `capacity: ${(error as Error).message}`);
  process.exitCode = 2;
}

/** @throws UsageError of what is no option */
function parsed() {
  try {
    const text = { type: 'string' } as const;
    const options = { config: text, items: text, help: { type: 'boolean' } } as const;
    const found = parseArgs({ options, allowPositionals: true });
    const [command, ...more] = found.positionals;
    const [extra] = command === undefined || command === 'page' ? more : found.positionals;
    if (extra !== undefined)
      throw new UsageError(
        `unexpected argument '${extra}'${/^\d/.test(extra) ? `: --items ${extra}?` : ''}\n\n${USAGE}`,
      );
    return found;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${(error as Error).message.split('. To specify')[0]}\n\n${USAGE}`);
  }
}
