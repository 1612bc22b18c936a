import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { insertOnce } from '../../../lambdas/kit/dynamo/inserts.ts';
import { Tables } from '../../../local/memory/tables.ts';
import { named, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));

beforeEach(() => world.reset());
afterEach(() => vi.restoreAllMocks());

const CALL = 'dynamodb BatchExecuteStatementCommand';
const rows = (count: number, from = 0) =>
  Array.from({ length: count }, (_, n) => ({ id: `r${from + n}`, n }));
const ids = () => world.tables.all('t').map(({ id }) => id);

/** The service refuses the row `id` with this code, so many times. */
function refusing(id: string, Code: string, times = Number.POSITIVE_INFINITY): void {
  let left = times;
  const run = Tables.prototype.run;
  vi.spyOn(Tables.prototype, 'run').mockImplementation(function (this: Tables, name, input) {
    const { Statements } = input as unknown as { Statements: { Parameters: unknown[] }[] };
    const wanted = Statements.filter(({ Parameters }) => !(Parameters[0] === id && left > 0));
    const said =
      wanted.length > 0 ? run.call(this, name, { Statements: wanted } as never) : { Responses: [] };
    const answers = [...(said as { Responses: object[] }).Responses];
    if (wanted.length === Statements.length) return said;
    left -= 1;
    return {
      Responses: Statements.map((it) => (wanted.includes(it) ? answers.shift() : { Error: { Code } })),
    };
  });
}

describe('rows that are added', () => {
  it('go in calls of 25, and none in no call', async () => {
    await insertOnce('t', rows(26));
    expect(ids()).toHaveLength(26);
    expect(world.calls).toEqual([CALL, CALL]);

    await insertOnce('t', []);
    expect(world.calls).toHaveLength(2);
  });

  it('leave as it is what is there, and are there beside it', async () => {
    world.tables.put('t', { id: 'r1', n: 'first' });
    await insertOnce('t', rows(3));
    await insertOnce('t', rows(3));

    expect(world.tables.all('t')).toEqual([
      { id: 'r1', n: 'first' },
      { id: 'r0', n: 0 },
      { id: 'r2', n: 2 },
    ]);
  });

  it('hold what they hold, whatever it looks like', async () => {
    const row = {
      ...{ id: 'a', said: `'} ; DELETE FROM "t" WHERE 'id' = ? --`, none: null, list: ['?', ''], empty: [] },
      ...{ map: { deep: [{ n: 0.125 }] }, gone: undefined },
    };
    await insertOnce('t', [row]);

    const { gone: _, ...kept } = row;
    expect(world.tables.all('t')).toEqual([kept]);
  });

  it('come from nobody who names an attribute as he likes', async () => {
    const row = { id: 'a', "x': ?} WHERE 'y": 1 };
    await expect(insertOnce('t', [row])).rejects.toMatchObject({ name: 'SystemError' });
    expect(world.calls).toEqual([]);
  });
});

describe('a row that is refused alone', () => {
  it.each(['ThrottlingError', 'ProvisionedThroughputExceeded', 'InternalServerError', 'TransactionConflict'])(
    'is sent again without the others: %s',
    async (code) => {
      refusing('r1', code, 2);
      await insertOnce('t', rows(3));
      expect(ids().sort()).toEqual(['r0', 'r1', 'r2']);
      expect(world.calls).toEqual([CALL, CALL, CALL]);
    },
  );

  it('fails the whole after three tries, with the others written; what comes again is whole', async () => {
    refusing('r1', 'ThrottlingError');
    const failed = expect(insertOnce('t', rows(3))).rejects;
    await failed.toMatchObject({
      name: 'TransientError',
      message: 'rows were not added: 1 × ThrottlingError',
    });
    expect(world.calls).toEqual([CALL, CALL, CALL]);
    expect(ids()).toEqual(['r0', 'r2']);

    vi.restoreAllMocks();
    await insertOnce('t', rows(3));
    expect(ids()).toEqual(['r0', 'r2', 'r1']);
  });

  it.each(['ValidationError', 'AccessDenied', 'ResourceNotFound', 'no code'])(
    'is our fault where no other time helps: %s',
    async (code) => {
      refusing('r1', code);
      await expect(insertOnce('t', rows(3))).rejects.toMatchObject({ name: 'SystemError' });
      expect(world.calls).toEqual([CALL]);
      expect(ids()).toEqual(['r0', 'r2']);
    },
  );

  it('may be above 400 KB, and the others are written', async () => {
    const large = { id: 'large', text: 'x'.repeat(410_000) };
    await expect(insertOnce('t', [large, ...rows(2)])).rejects.toThrow('ValidationError');
    expect(ids()).toEqual(['r0', 'r1']);
  });

  it('is not taken for added where nothing is said of it', async () => {
    vi.spyOn(Tables.prototype, 'run').mockReturnValue({ Responses: [] });
    await expect(insertOnce('t', rows(2))).rejects.toMatchObject({ name: 'TransientError' });
  });
});

it('fails as the call fails', async () => {
  world.fault = () => {
    throw named('ThrottlingException');
  };
  await expect(insertOnce('t', rows(2))).rejects.toThrow('ThrottlingException');
});
