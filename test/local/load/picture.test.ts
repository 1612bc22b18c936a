import { expect, it } from 'vitest';
import { picture } from '../../../local/load/picture.ts';

const drawn = picture({
  title: 'a run',
  startedAt: Date.parse('2026-12-01T09:00:00.000Z'),
  stories: [],
  bottleneck: 'none',
  marks: [],
});

it('fills no line: what SVG is not told, it paints black', () => {
  const open = [...drawn.matchAll(/<path class="(\w+)" d="([^"]*)"/g)].filter(
    ([, , d = '']) => !d.endsWith('z'),
  );
  expect(open.length).toBeGreaterThan(0);
  for (const [, name = ''] of open) expect(drawn, name).toMatch(new RegExp(`\\.${name}\\{[^}]*fill:none`));
});
