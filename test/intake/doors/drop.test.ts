import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Automation } from '../../../lambdas/contract/automation.ts';
import type { ItemRow } from '../../../lambdas/contract/item/row.ts';
import { bodyOf } from '../../../lambdas/process/given/body.ts';
import { automation, type Demo } from '../../support/fixtures.ts';
import { come, put } from '../../support/mails.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/bucket/bytes.ts', () => import('../../support/bucket.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

const taking: Automation<Demo> = {
  ...automation,
  documents: { types: ['pdf', 'csv'], mostBytes: 1000, mostPages: 10 },
  doors: { drop: { priority: 'low', body: ({ name }) => ({ subject: name.slice(0, 20) }) } },
};

const PDF = 'application/pdf';
const items = () => world.tables.all('items') as unknown as ItemRow[];
const dropped = () => [...world.files.keys()].filter((key) => key.startsWith('drops/'));
const bodies = () =>
  items().map(
    ({ id }) => JSON.parse(world.content.get(`bucket/items/${id}/body.json`) ?? 'null') as Demo | null,
  );

const drop = (key: string, bytes: Uint8Array | string, type?: string, of = taking) =>
  come(put('drops', `demo/${key}`, bytes, type), of);

beforeEach(() => {
  world.reset();
  time.freeze();
});

describe('a file in the drop bucket', () => {
  it('is the document of an item, and lies there no longer', async () => {
    await drop('in/Scan 7.pdf', '%PDF', PDF);
    const [item] = items();

    expect(item).toMatchObject({ client: '@drop', priority: 'low', documents: [{ type: 'pdf', bytes: 4 }] });
    expect(item?.timeline[0]).toMatchObject({ door: 'drop' });
    expect(bodies()).toEqual([{ subject: 'in/Scan 7.pdf' }]);
    expect(world.sent('reads')).toEqual([{ itemId: item?.id, generation: 1 }]);
    expect(dropped()).toEqual([]);
    expect(JSON.stringify(world.tables.snapshot())).not.toContain('Scan');
  });

  it.each(['Rechnung für Ähm + 100% (2).pdf', `${'x/'.repeat(400)}y.pdf`, '日本語.pdf', 'a?b#c&d.pdf'])(
    'has any name that S3 takes: %#',
    async (name) => {
      await drop(name, '%PDF', PDF);

      expect(items()).toHaveLength(1);
      expect(dropped()).toEqual([]);
    },
  );

  it('is found where its event names it as a URL does', async () => {
    const event = put('drops', 'demo/my scan.pdf', '%PDF', PDF);
    await come(JSON.parse(JSON.stringify(event).replaceAll('my scan', 'my+scan')), taking);

    expect(items()).toHaveLength(1);
  });

  it.each(['../other/a.pdf', 'x/../../other/a.pdf', './a.pdf', 'a//b.pdf'])(
    'of a name that no URL can hold is not even asked for: %s',
    async (name) => {
      await drop(name, '%PDF', PDF);

      expect(items()).toMatchObject([{ refused: 'unusable-name' }]);
      expect(world.calls.filter((it) => /^s3 (?:Head|Get|Delete)/.test(it))).toEqual([]);
      expect(dropped()).toHaveLength(1);
    },
  );

  it('is never taken for one that its name would lead to once it is decoded', async () => {
    const event = put('drops', 'demo/%2e%2e/other/a.pdf', '%PDF', PDF);
    world.files.clear();
    put('drops', 'demo/../other/a.pdf', '%PDF', PDF);

    await expect(come(event, taking)).rejects.toThrow(/is not there/);
    expect(items()).toEqual([]);
  });

  it('of the same name and content is one item, another content another', async () => {
    const event = put('drops', 'demo/a.pdf', '%PDF', PDF);
    await come(event, taking);
    await come(event, taking);
    await drop('a.pdf', '%PDF', PDF);
    await drop('a.pdf', '%PDF-2', PDF);

    expect(items()).toHaveLength(2);
    expect(dropped()).toEqual([]);
  });

  it('that is replaced before anybody came is one item, of what lies there', async () => {
    const first = put('drops', 'demo/a.pdf', '%PDF-1', PDF);
    const second = put('drops', 'demo/a.pdf', '%PDF-2!', PDF);
    await come(first, taking);
    await come(second, taking);
    await come(first, taking);

    expect(items().map(({ documents }) => documents?.[0]?.bytes)).toEqual([7]);
  });

  it.each([
    ['wrong-type', 'a.xlsx', 'PK'],
    ['too-large', 'a.pdf', 'x'.repeat(1001)],
    ['empty', 'a.pdf', ''],
    ['unusable-name', '../other/a.pdf', '%PDF'],
    ['unusable-name', 'a//b.pdf', '%PDF'],
    ['too-many-records', 'a.ndjson', '{}\n'.repeat(501)],
    ['too-large', 'a.json', ' '.repeat(1_000_001)],
    ['empty', 'a.jsonl', '\n \r\n'],
  ])('that cannot be taken is refused by name and stays: %s', async (refusal, name, bytes) => {
    await drop(name, bytes);
    await drop(name, bytes);
    const [item] = items();

    expect(items()).toHaveLength(1);
    expect(item).toMatchObject({ refused: refusal, unfit: true });
    await expect(bodyOf({ row: item as ItemRow } as never, {} as never)).rejects.toThrow(
      `what came was refused: ${refusal}`,
    );
    expect(dropped()).toEqual([`drops/demo/${name}`]);
  });

  it('is refused where the automation takes data alone', async () => {
    await drop('a.pdf', '%PDF', PDF, { ...taking, doors: { drop: {} } });

    expect(items()).toMatchObject([{ refused: 'no-documents-taken' }]);
  });

  it('comes again where it is neither there nor was taken in', async () => {
    const event = put('drops', 'demo/a.pdf', '%PDF', PDF);
    world.files.clear();

    await expect(come(event, taking)).rejects.toThrow(/not there and was not taken in/);
  });

  it('that is a folder is nothing', async () => {
    await drop('folder/', '');

    expect(items()).toEqual([]);
  });
});

describe('data in the drop bucket', () => {
  it('is the body of an item', async () => {
    await drop('a.json', JSON.stringify({ text: 'charged twice' }));

    expect(bodies()).toEqual([{ text: 'charged twice' }]);
    expect(dropped()).toEqual([]);
  });

  it('is an item for each line', async () => {
    const lines = ['{"text":"one"}', '', '{"text":"two"}\r', '{"text":"three"}'].join('\n');
    await drop('a.ndjson', lines);
    await drop('a.ndjson', lines);

    expect(
      bodies()
        .map((body) => body?.text)
        .sort(),
    ).toEqual(['one', 'three', 'two']);
  });

  it('is what the door makes of it', async () => {
    const door = { record: (value: unknown) => ({ text: (value as { words: string }).words }) };
    await drop('a.json', '{"words":"charged twice"}', undefined, { ...taking, doors: { drop: door } });

    expect(bodies()).toEqual([{ text: 'charged twice' }]);
  });

  it.each([['{"text":'], ['{"other":1}'], [Buffer.from('{"text":"Grüße"}', 'latin1')]])(
    'that fits no body is kept as it came, and so is its item: %#',
    async (bytes) => {
      await drop('a.json', bytes);
      const [item] = items();

      expect(item).toMatchObject({ unfit: true });
      const raw = JSON.parse(world.content.get(`bucket/items/${item?.id}/raw.json`) ?? '{}');
      expect(Buffer.from(raw.text, raw.encoding)).toEqual(Buffer.from(bytes as string));
    },
  );

  it('of which a line is wrong is an item for the others all the same', async () => {
    await drop('a.ndjson', '{"text":"one"}\nnonsense\n{"text":"two"}');

    expect(
      items()
        .map(({ unfit = false }) => unfit)
        .sort(),
    ).toEqual([false, false, true]);
  });

  it('is as many items as it has lines, wherever its worker dies', async () => {
    for (let point = 1, died = true; died; point += 1) {
      for (const after of [false, true]) {
        world.reset();
        time.freeze();
        const event = put('drops', 'demo/a.ndjson', '{"text":"one"}\n{"text":"two"}');
        world.crashAt(point, after);
        died = await come(event, taking).then(
          () => false,
          () => true,
        );
        world.revive();
        time.advance(61);
        await come(event, taking);

        expect(
          bodies()
            .map((body) => body?.text)
            .sort(),
          `point ${point}`,
        ).toEqual(['one', 'two']);
        expect(dropped(), `point ${point}`).toEqual([]);
      }
    }
  });
});
