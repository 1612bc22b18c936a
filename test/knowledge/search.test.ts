import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Automation } from '../../lambdas/contract/automation.ts';
import { cited } from '../../lambdas/contract/steps/knowledge.ts';
import { TransientError } from '../../lambdas/kit/errors.ts';
import { buildIndex, type Chunk, type Embeddings } from '../../lambdas/knowledge/index/build.ts';
import { Index } from '../../lambdas/knowledge/index/open.ts';
import { type Searches, type SearchesOptions, searchesOf } from '../../lambdas/knowledge/search.ts';
import { ID } from '../support/fixtures.ts';
import { time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));

const logged: object[] = [];
vi.mock('../../lambdas/kit/telemetry.ts', () => ({
  count: () => {},
  logger: {
    info: (...all: object[]) => logged.push(all),
    warn: (...all: object[]) => logged.push(all),
    error: () => {},
  },
}));

const COLLECTIONS: NonNullable<Automation['collections']> = {
  help: { from: 'folder', description: 'Help articles for customers.', outward: true },
  handbook: { from: 'synced', description: 'How the team handles requests.' },
};

const piece = (source: string, text: string, place = ''): Chunk => ({ source, title: source, place, text });
const ARTICLES = [
  piece('refunds.md', 'A refund takes five working days.', 'Refunds › Time'),
  piece('refunds.md', 'A refund goes to the card that was charged.', 'Refunds › Where'),
  piece('cards.md', 'A lost card is blocked at once.'),
];

let articles: Index;
let opened: string[];

beforeEach(() => {
  world.reset();
  time.freeze();
  logged.length = 0;
  opened = [];
  articles = Index.open(buildIndex(ARTICLES));
});

function searching(more: Partial<SearchesOptions> = {}): Searches {
  return searchesOf({
    item: { id: ID, generation: 1 },
    automation: { name: 'demo', collections: COLLECTIONS },
    open: async (name) => {
      opened.push(name);
      return articles;
    },
    embed: () => Promise.reject(new Error('nobody asked for vectors')),
    idempotencyTable: 'idempotency',
    ...more,
  });
}

const QUERY = 'Where does my refund go?';

describe('a search', () => {
  it('finds passages with their place, the best first', async () => {
    const found = await searching().search('help', 'How long does a refund take?', { most: 2 });
    expect(found.map(({ id, source, place }) => [id, source, place])).toEqual([
      ['help/refunds.md#1', 'refunds.md', 'Refunds › Time'],
      ['help/refunds.md#2', 'refunds.md', 'Refunds › Where'],
    ]);
    expect(found[0]?.score).toBeGreaterThan(found[1]?.score ?? 0);
    expect(cited(found[0] as never)).toEqual({
      source: 'help/refunds.md#1 (Refunds › Time)',
      quote: 'A refund takes five working days.',
    });
  });

  it('is remembered: a redelivery sees the same passages, whatever became of the collection', async () => {
    const before = await searching().search('help', QUERY);
    articles = Index.open(buildIndex([piece('refunds.md', 'There are no refunds any more.')]));
    const again = searching();
    expect(await again.search('help', QUERY)).toEqual(before);
    expect(opened).toEqual(['help']);
    expect(again.searched().passages.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    // Another question is another search.
    expect((await again.search('help', 'Refunds?'))[0]?.text).toBe('There are no refunds any more.');
  });

  it('of another generation looks again', async () => {
    await searching().search('help', QUERY);
    await searching({ item: { id: ID, generation: 2 } }).search('help', QUERY);
    expect(opened).toHaveLength(2);
  });

  it('is in the lineage once, with the index, and without a word of what was asked or found', async () => {
    const searches = searching();
    await Promise.all([searches.search('help', QUERY), searches.search('help', QUERY)]);
    expect(searches.lineage).toEqual([
      expect.objectContaining({
        ...{ step: 'help', source: 'knowledge', costUsd: 0, model: 'none', endpoint: 'none' },
        route: `searched 'help' (index ${articles.header.version}) by words`,
      }),
    ]);
    expect(JSON.stringify([logged, searches.lineage])).not.toMatch(/refund/i);
  });

  it('gives texts to compose of only what is outward, and names of all', async () => {
    const searches = searching();
    await searches.search('handbook', QUERY, { most: 1 });
    expect(searches.searched().passages).toEqual([]);
    expect(searches.searched().names).toContain('handbook/refunds.md#2');
    await searches.search('help', QUERY, { most: 1 });
    const { passages, says } = searches.searched();
    expect(passages).toEqual([{ id: 'help/refunds.md#2', text: ARTICLES[1]?.text }]);
    expect(says('help/refunds.md#2', 'the card that was charged')).toBe(true);
    expect(says('help/refunds.md#2', 'the card of your choice')).toBe(false);
    expect(says('help/cards.md#1', 'A lost card')).toBe(false);
    expect(says('help/refunds.md#2', '')).toBe(false);
  });

  it('asks for no token, and for no more than is read', async () => {
    const searches = searching();
    const plain = await searches.search('help', 'lost card');
    expect(await searches.search('help', 'lost card [EMAIL_1]')).toEqual(plain);
    expect(await searches.search('help', `lost card ${'. '.repeat(30_000)}`)).toEqual(plain);
  });

  it.each([
    ['other', {}, "the collection 'other' is not among the 'collections' of the automation"],
    ['constructor', {}, "the collection 'constructor' is not among"],
    ['help', { most: 0 }, "'most' of a search must be a whole number from 1 to 20, got '0'"],
    ['help', { most: 2.5 }, "got '2.5'"],
    ['help', { most: 21 }, "got '21'"],
  ])('of %s with %j is a wrong setting', async (name, options, message) => {
    await expect(searching().search(name, QUERY, options)).rejects.toThrow(message);
  });

  it('of what is not there fails, and nothing is remembered', async () => {
    const down = searching({ open: () => Promise.reject(new TransientError('content bucket: no answer')) });
    await expect(down.search('help', QUERY)).rejects.toThrow('no answer');
    expect(await searching().search('help', QUERY)).not.toEqual([]);
  });

  it('is over with the item', async () => {
    const searches = searching();
    await searches.close();
    await expect(searches.search('help', QUERY)).rejects.toThrow('over');
  });
});

describe('with vectors', () => {
  const embeddings: Embeddings = {
    ...{ endpoint: 'own', model: 'words' },
    vectors: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
  };
  const near = vi.fn<SearchesOptions['embed']>(async (_, texts) => texts.map(() => [0, 0, 1]));

  beforeEach(() => {
    near.mockClear();
    articles = Index.open(buildIndex(ARTICLES, embeddings));
  });

  it('finds what shares no word with the query', async () => {
    const found = await searching({ embed: near }).search('help', 'Ich habe mein Plastikgeld verlegt', {
      most: 1,
    });
    expect(found.map(({ source }) => source)).toEqual(['cards.md']);
    expect(near).toHaveBeenCalledWith('search help', ['Ich habe mein Plastikgeld verlegt'], {
      ...{ endpoint: 'own', model: 'words' },
    });
  });

  it('asks for those of eight sentences at most, the ones that tell most', async () => {
    const query = Array.from(
      { length: 30 },
      (_, at) => `This is sentence number${at} of the refund card.`,
    ).join(' ');
    await searching({ embed: near }).search('help', query);
    expect(near.mock.calls[0]?.[1]).toHaveLength(8);
  });

  it.each([
    ['cannot be had', () => Promise.reject(new TransientError('busy')), 'no vectors (TransientError)'],
    ['are of another length', async () => [[1, 2]], 'the vectors are of another length'],
  ])('that %s decides by words alone, and says so', async (_, embed, why) => {
    const searches = searching({ embed });
    expect((await searches.search('help', QUERY))[0]?.id).toBe('help/refunds.md#2');
    expect(searches.lineage[0]?.route).toContain(`by words alone: ${why}`);
  });
});
