import { describe, expect, it } from 'vitest';
import {
  backAt,
  begun,
  type Delivered,
  type Good,
  keptAs,
  readRecord,
  takenBack,
  writeRecord,
} from '../../delivery/record.ts';

/* What became of deliveries, and where a rollback therefore goes. */

const AT = '2026-11-29T10:00:00.000Z';
const digestOf = (letter: string) => letter.repeat(64);
const good = (letter: string): Good => ({
  ...{ commit: letter.repeat(40), digest: digestOf(letter), at: AT },
  key: `signalbox/production/${letter.repeat(12)}-${letter.repeat(12)}.tgz`,
});
const NONE: Delivered = { good: [], bad: [] };
const delivered = (record: Delivered, letter: string) =>
  keptAs(begun(record, digestOf(letter)), good(letter));
const back = (record: Delivered, from: string, to: string) =>
  backAt(takenBack(record, digestOf(from), AT), good(to), AT);
const letters = (all: readonly { digest: string }[]) => all.map(({ digest }) => digest[0]).join('');

describe('the record of an environment', () => {
  const three = ['a', 'b', 'c'].reduce(delivered, NONE);

  it('has the good ones, the newest first', () => {
    expect(letters(three.good)).toBe('cba');
    expect(three.deployed).toBe(digestOf('c'));
  });

  it('takes what somebody went back from for bad, and what they went to for the newest good one', () => {
    const after = back(three, 'c', 'a');
    expect([letters(after.good), letters(after.bad)]).toEqual(['ab', 'c']);
    expect(after.deployed).toBe(digestOf('a'));
  });

  it('sends the next rollback to what was there before, never to what was taken back', () => {
    const failing = begun(back(three, 'c', 'b'), digestOf('d'));
    const [next] = failing.good.filter(({ digest }) => digest !== failing.deployed);
    expect(next?.digest).toBe(digestOf('b'));
    expect(letters(back(failing, 'd', 'b').bad)).toBe('dc');
  });

  it('lets nobody deploy what was taken back, and says since when and what else to do', () => {
    const after = back(three, 'c', 'b');
    expect(() => begun(after, digestOf('c'))).toThrow(
      `taken back on ${AT}: deploy another commit, or say 'rollback --to ${'c'.repeat(40)}'`,
    );
    expect(letters(back(after, 'b', 'c').good)).toBe('ca');
    expect(begun(back(after, 'b', 'c'), digestOf('c')).deployed).toBe(digestOf('c'));
  });

  it('keeps nothing as good that is not deployed any more: somebody went back meanwhile', () => {
    const after = back(begun(three, digestOf('d')), 'd', 'c');
    expect(() => keptAs(after, good('d'))).toThrow(/not kept as good: meanwhile another assembly/);
  });

  it('fits into a standard parameter, however long it goes on', () => {
    let record = NONE;
    for (const letter of '0123456789abcdef') record = delivered(record, letter);
    for (const letter of '89abcdef') record = takenBack(record, digestOf(letter), AT);
    for (const letter of '01234567') record = delivered(record, letter);
    const text = JSON.stringify(record);
    expect(record.good).toHaveLength(8);
    expect(record.bad.length).toBeGreaterThan(4);
    expect(text.length).toBeLessThan(4096);
  });

  it('reads what the first version wrote, and its own', async () => {
    let value = JSON.stringify([good('b'), good('a')]);
    const aws = {
      json: async (_: string, operation: string, input: { Value: string }) => {
        if (operation === 'PutParameter') value = input.Value;
        return { Parameter: { Value: value } };
      },
    } as never;
    const record = await readRecord(aws, 'prod');
    expect([letters(record.good), record.bad, record.deployed]).toEqual(['ba', [], undefined]);
    await writeRecord(aws, 'prod', three);
    expect(await readRecord(aws, 'prod')).toEqual(three);
  });
});
