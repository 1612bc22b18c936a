import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readListed, readPairs, scoreOf, shareOf } from '../../bench/personal-data.ts';

const sample = (name: string) => readFileSync(`test/data/personal-data/${name}`, 'utf8');
const score = scoreOf([...readPairs(sample('pairs.jsonl')), ...readListed(sample('listed.json'))]);
const found = (label: string) => shareOf(score.recall.get(label) ?? { hits: 0, of: 0 });
const falsely = (kind: 'email' | 'phone' | 'name') => score.falsely.get(kind) ?? { hits: 1, of: 1 };

it('finds what people marked in texts that nobody wrote for it, and little else', () => {
  expect(score.recall.get('EMAIL')?.of).toBeGreaterThan(50);
  expect(found('EMAIL')).toBeGreaterThanOrEqual(0.98);
  expect(found('PHONE')).toBeGreaterThanOrEqual(0.98);
  expect(found('NAME')).toBeGreaterThanOrEqual(0.9);
  expect(found('ADDRESS')).toBeGreaterThanOrEqual(0.8);
  expect(shareOf(falsely('phone'))).toBeLessThanOrEqual(0.01);
  expect(shareOf(falsely('name'))).toBeLessThanOrEqual(0.1);
});
