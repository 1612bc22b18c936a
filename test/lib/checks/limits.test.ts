import { beforeAll, describe, expect, it } from 'vitest';
import { ofType, property, type Synthesised, synthesise } from '../../support/synth.ts';

/* What AWS refuses although a template is well formed; the emulator takes it. */

interface Index {
  IndexName: string;
  Projection: { ProjectionType: string; NonKeyAttributes?: string[] };
}

describe.each(['dev', 'prod', 'local'])('stage %s', (stage) => {
  let app: Synthesised;

  beforeAll(async () => {
    app = await synthesise(stage);
  });

  it('shows at most 20 attributes in an index, 100 in all of a table, and none twice', () => {
    const tables = ofType(app, 'AWS::DynamoDB::Table');
    const indexed = tables.map((table) => ({
      table,
      indexes: ['GlobalSecondaryIndexes', 'LocalSecondaryIndexes'].flatMap(
        (kind) => property<Index[]>(table, kind) ?? [],
      ),
    }));
    expect(indexed.filter(({ indexes }) => indexes.length > 0).length).toBeGreaterThan(1);
    for (const { table, indexes } of indexed) {
      const shown = indexes.map(({ Projection }) => Projection.NonKeyAttributes ?? []);
      expect(shown.flat().length, table.path).toBeLessThanOrEqual(100);
      for (const [at, names] of shown.entries()) {
        expect(names.length, `${table.path}/${indexes[at]?.IndexName}`).toBeLessThanOrEqual(20);
        expect(new Set(names).size, table.path).toBe(names.length);
      }
    }
  });

  it('stays within what Lambda takes of environment variables: 4 KB', () => {
    for (const fn of ofType(app, 'AWS::Lambda::Function')) {
      const { Variables = {} } = property<{ Variables: object }>(fn, 'Environment') ?? {};
      expect(JSON.stringify(Variables).length, fn.path).toBeLessThan(4096);
    }
  });

  it('stays within 500 resources and 200 outputs for each stack, with room', () => {
    for (const [stack, template] of Object.entries(app.templates)) {
      const { Resources = {}, Outputs = {} } = template.toJSON();
      expect(Object.keys(Resources).length, stack).toBeLessThan(450);
      expect(Object.keys(Outputs).length, stack).toBeLessThan(180);
    }
  });
});
