import { REPAIRED_BY } from '../lambdas/contract/intake/repair.ts';
import type { Item } from './client.ts';
import { prose } from './table.ts';
import type { Terminal } from './terminal.ts';

/** What a story says of a body that did not fit its schema: each value as it came, and as it is worked on. */
export function repairLines({ repairs = [] }: Item, terminal: Terminal): string | undefined {
  const lines = repairs.map(({ pointer, source, from, to, by }) => {
    const place = source === undefined ? '' : ` in ${source}`;
    const now = to === undefined ? '' : `, is now ${JSON.stringify(to)}`;
    const came = `came as ${JSON.stringify(from ?? null)}${place}${now}`;
    return prose(`${pointer || 'the whole'}: ${came} (${REPAIRED_BY[by]})`, terminal, '- ');
  });
  return lines.length > 0 ? lines.join('\n') : undefined;
}
