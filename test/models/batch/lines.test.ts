import { describe, expect, it } from 'vitest';
import { type Line, lineBack, linesOf } from '../../../lambdas/models/batch/lines.ts';

async function read(chunks: readonly string[]): Promise<Line[]> {
  const lines: Line[] = [];
  const body = (async function* () {
    for (const chunk of chunks) yield new TextEncoder().encode(chunk);
  })();
  for await (const line of linesOf(body)) lines.push(line);
  return lines;
}

describe('the lines of a file that comes back', () => {
  it('are read whole, wherever the network cuts them', async () => {
    const text = '{"custom_id":"a"}\n\n{"custom_id":"ä"}\n{"custom_id":"c"}';
    const whole = await read([text]);
    expect(whole.map((line) => line.text)).toEqual(text.split('\n').filter(Boolean));
    for (let at = 0; at <= text.length; at += 1)
      expect(await read([text.slice(0, at), text.slice(at)])).toEqual(whole);
  });

  it('are read behind one that is too long, of which the beginning is kept', async () => {
    const long = `{"id":"r","custom_id":"${'ab'.repeat(20)}","response":"`;
    const million = 'x'.repeat(1_000_000);
    const lines = await read([
      '{"custom_id":"1"}\n',
      long,
      ...Array<string>(12).fill(million),
      '"}\n{"custom_id":"2"}\n',
    ]);
    expect(lines.map(({ isCut }) => isCut)).toEqual([false, true, false]);
    expect(lines[1]?.text.length).toBeLessThan(5000);
    expect(lineBack(lines[1] as Line)).toEqual({ hash: 'ab'.repeat(20), told: { status: 200, text: '{' } });
    expect(lines[2]?.text).toBe('{"custom_id":"2"}');
  });

  it('are told as cut where one chunk holds all of it, and where the file ends in it', async () => {
    const long = 'y'.repeat(9_000_000);
    expect((await read([`${long}\n1\n`])).map(({ isCut }) => isCut)).toEqual([true, false]);
    expect((await read(['1\n', long])).map(({ isCut }) => isCut)).toEqual([false, true]);
    expect(lineBack({ text: long, isCut: true })).toBeUndefined();
  });
});
