import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { atMost, exactly } from '../verdicts.ts';
import { printTable } from '../world.ts';
import { endingOf, type HostileApp, type HostileSet, spread } from './app.ts';

/** Takes any JSON, and repairs what is none: `bench/mend/`. */
const MENDING = 'mend';
/** Wrong, and put before a person. */
const MOST_DOUBTFUL = 5;

interface Case {
  source: string;
  raw: string;
  repaired_value?: unknown;
  repaired_text?: string;
  already_valid: boolean;
}

const COLUMNS = [
  'exact, alone',
  'exact, a person asked',
  'refused',
  'wrong, a person asked',
  'wrong, alone',
] as const;
type Column = (typeof COLUMNS)[number];

/**
 * Broken JSON of three projects' own tests, which do not agree on what is meant, each as the body of a post: what is kept as its body, by
 * value, and whether it acts alone. Wrong is worse than refused.
 */
export const repair: HostileSet = {
  name: 'json_repair',
  async check(app, folder, most) {
    const lines = readFileSync(join(folder, 'dev', 'cases.jsonl'), 'utf8')
      .trim()
      .split('\n');
    const cases = lines.map((line) => JSON.parse(line) as Case);
    const rows = new Map<string, Map<Column, number>>();
    const count = (name: RegExp, column: Column) =>
      [...rows].filter(([row]) => name.test(row)).reduce((sum, [, row]) => sum + (row.get(column) ?? 0), 0);
    const bucket = await app.account.resource('platform', 'datacontent');
    await app.each(spread(cases, most), async (one) => {
      const answer = await app.post(MENDING, one.raw);
      const item = answer.body.id ? await app.rest(answer.body.id) : undefined;
      const column = await columnOf(app, one, bucket, item);
      const name = `${one.source}, ${one.already_valid ? 'valid' : 'broken'}`;
      const row = rows.get(name) ?? new Map<Column, number>();
      rows.set(name, row.set(column, (row.get(column) ?? 0) + 1));
      return endingOf(answer, item);
    });
    console.log('\njson_repair: by value\n');
    printTable(
      ['source', ...COLUMNS],
      [...rows].map(([name, row]) => [name, ...COLUMNS.map((column) => String(row.get(column) ?? 0))]),
    );
    // The third project guesses what its models meant.
    const broken = /^(?!baml).*broken$/;
    const changed = count(/valid$/, 'wrong, alone') + count(/valid$/, 'wrong, a person asked');
    return [
      exactly('json_repair: broken JSON, wrong and acted on alone', count(broken, 'wrong, alone'), 0),
      atMost(
        'json_repair: broken JSON, wrong and put before a person',
        count(broken, 'wrong, a person asked'),
        MOST_DOUBTFUL,
      ),
      exactly('json_repair: good JSON that was changed', changed, 0),
    ];
  },
};

async function columnOf(
  { outputs }: HostileApp,
  one: Case,
  bucket: string,
  item: { id: string; status: string } | undefined,
): Promise<Column> {
  const alone = item?.status === 'done';
  if (!item || !(alone || item.status === 'waiting_approval')) return 'refused';
  const body = await (await fetch(`${outputs.endpointUrl}/${bucket}/items/${item.id}/body.json`)).json();
  const right = isDeepStrictEqual(body, meant(one));
  return `${right ? 'exact' : 'wrong'}, ${alone ? 'alone' : 'a person asked'}`;
}

function meant({ raw, already_valid, ...one }: Case): unknown {
  if (already_valid) return JSON.parse(raw);
  if ('repaired_value' in one) return one.repaired_value;
  try {
    return JSON.parse(one.repaired_text ?? '');
  } catch {
    return undefined;
  }
}
