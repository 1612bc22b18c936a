import type { Bitmap } from '../pdf/render.ts';

/*
 * How crooked a page is. Its dark pixels are counted along lines of many angles: along the lines of its text the counts rise
 * and fall the most.
 */

const MOST_POINTS = 60_000;
const MOST_DEGREES = 8;
/** A better angle must be better by so much: noise always prefers some angle. */
const CLEARLY = 1.05;

export interface Lie {
  /** Degrees clockwise that the page must be turned by to stand straight. */
  skew: number;
  /** Its lines go up and down. */
  lying: boolean;
}

export function lieOf(bitmap: Bitmap): Lie {
  const points = inkOf(bitmap);
  if (points.length < 200) return { skew: 0, lying: false };
  const upright = bestAngle(points);
  const turned = bestAngle(points.map(([x, y]) => [bitmap.height - y, x] as const));
  const lying = turned.score > upright.score * 1.2;
  return { skew: (lying ? turned : upright).angle, lying };
}

type Point = readonly [x: number, y: number];

/** Pixels clearly darker than what is around them, as many as are needed. */
function inkOf({ width, height, data }: Bitmap): Point[] {
  const points: Point[] = [];
  for (let y = 1; y < height - 1; y += 1)
    for (let x = 1; x < width - 1; x += 1) {
      const at = y * width + x;
      const own = data[at] ?? 255;
      if (
        own < 140 &&
        Math.max(data[at - width] ?? 0, data[at + width] ?? 0, data[at - 1] ?? 0, data[at + 1] ?? 0) >
          own + 30
      )
        points.push([x, y]);
    }
  const every = Math.ceil(points.length / MOST_POINTS);
  return every <= 1 ? points : points.filter((_, index) => (index * 7919) % every === 0);
}

function bestAngle(points: readonly Point[]): { angle: number; score: number } {
  const level = scoreAt(points, 0);
  let best = { angle: 0, score: level };
  for (const step of [0.5, 0.1, 0.02]) {
    const [from, reach] = [best.angle, step === 0.5 ? MOST_DEGREES : step * 5];
    for (let angle = from - reach; angle <= from + reach + 1e-9; angle += step) {
      const score = scoreAt(points, angle);
      if (score > best.score) best = { angle, score };
    }
  }
  return best.score > level * CLEARLY ? best : { angle: 0, score: level };
}

function scoreAt(points: readonly Point[], degrees: number): number {
  const angle = (degrees * Math.PI) / 180;
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  const counts = new Map<number, number>();
  for (const [x, y] of points) {
    const row = Math.round(x * sin + y * cos);
    counts.set(row, (counts.get(row) ?? 0) + 1);
  }
  let score = 0;
  for (const [row, count] of counts) score += (count - (counts.get(row + 1) ?? 0)) ** 2;
  return score / points.length;
}
