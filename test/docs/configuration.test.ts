import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ROOT, read } from './fences.ts';

interface Schema {
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  required?: string[];
  oneOf?: Schema[];
  items?: Schema;
  type?: string;
  default?: unknown;
}

/** The schema of `lib/config.ts`, which keeps it to itself. */
async function configSchema(): Promise<Schema> {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-config-'));
  const outfile = join(directory, 'config.mjs');
  const contents = `${readFileSync(join(ROOT, 'lib/config.ts'), 'utf8')}\nexport { configSchema as schemaOfTheTest };`;
  await build({
    stdin: { contents, resolveDir: join(ROOT, 'lib'), loader: 'ts' },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
  });
  const { schemaOfTheTest } = (await import(pathToFileURL(outfile).href)) as { schemaOfTheTest: z.ZodType };
  rmSync(directory, { recursive: true });
  return z.toJSONSchema(schemaOfTheTest, { io: 'input' }) as Schema;
}

interface Field {
  path: string;
  required: boolean;
  default?: unknown;
}

/** Every setting that can be written, as the page names them: `destinations.<>.url`. */
function fieldsOf(schema: Schema, path = '', required = true): Field[] {
  if (schema.properties) {
    return Object.entries(schema.properties).flatMap(([name, member]) =>
      fieldsOf(member, path ? `${path}.${name}` : name, schema.required?.includes(name) ?? false),
    );
  }
  const members = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
  const isPlain = /^(?:string|boolean)$/.test(members?.type ?? '');
  if (members && !isPlain) return fieldsOf(members, `${path}.<>`, true);
  if (schema.oneOf) return ofAny(schema.oneOf.map((one) => fieldsOf(one, path)));
  if (schema.items?.properties) return fieldsOf(schema.items, `${path}[]`, true);
  return [{ path, required, ...('default' in schema ? { default: schema.default } : {}) }];
}

/** What one of several shapes may have: needed, where each that has it needs it. */
function ofAny(shapes: Field[][]): Field[] {
  return [...Map.groupBy(shapes.flat(), ({ path }) => path).values()].map((same) => ({
    ...(same.find((field) => 'default' in field) ?? (same[0] as Field)),
    required: same.every(({ required }) => required),
  }));
}

const settings = read('docs/configuration.md').split('\n## Per automation')[0] ?? '';
const rows = [...settings.matchAll(/^\| `([a-zA-Z.<>[\]]+)` \| (.+) \| (.+) \|$/gm)].map(
  ([, path = '', effect = '', byDefault = '']) => ({
    path: path.replaceAll(/<\w+>/g, '<>'),
    effect,
    byDefault,
  }),
);

describe('docs/configuration.md', async () => {
  const fields = fieldsOf(await configSchema());

  it('names every field of the schema, and no other', () => {
    const named = rows.map(({ path }) => path).filter((path) => path !== 'approverGroups');
    expect(named.toSorted()).toEqual(fields.map(({ path }) => path).toSorted());
  });

  it.each(fields)('tells the effect and the default of $path', (field) => {
    const row = rows.find(({ path }) => path === field.path);
    expect(row?.effect.length).toBeGreaterThan(20);
    if (field.default !== undefined)
      expect(row?.byDefault).toBe(`\`${JSON.stringify(field.default).replaceAll(',', ', ')}\``);
    else if (field.required) expect(row?.byDefault).toBe('none');
    else expect(row?.byDefault).not.toBe('none');
  });
});
