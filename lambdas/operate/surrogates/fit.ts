import { type Classifier, type Vector, vectorOf } from '../../models/surrogate/classifier.ts';
import type { Signs } from '../../models/surrogate/signs.ts';
import { seeded, shuffled } from './seeded.ts';

/* Training: one logistic regression for each label, all at once, by AdaGrad. The same examples give the same classifier to the bit. */

export interface Taught {
  signs: Signs;
  label: string;
  /** How much it counts. @default 1 */
  weight?: number;
}

/** A sign of one text alone tells nothing of others, and would tell of that one. */
const LEAST_TEXTS = 2;
const MOST_ROWS = 32_768;
/** Rows times labels: what a function has to hold, and the bucket. */
const MOST_WEIGHTS = 4_000_000;
const EPOCHS = 8;
const RATE = 0.3;
const BIAS_RATE = 0.1;
/** The rate falls to this part of itself. */
const LAST_RATE = 0.2;
/** Answers are not believed whole: some are wrong. */
const DOUBT = 0.05;
/** What a label is already right about by so much teaches it nothing. */
const SETTLED = 0.003;

export function fit(taught: readonly Taught[], labels: readonly string[]): Classifier {
  const { rows, idf } = rowsOf(taught, Math.min(MOST_ROWS, Math.floor(MOST_WEIGHTS / labels.length)));
  const width = labels.length;
  const weights = new Float32Array(rows.size * width);
  const grown = new Float32Array(rows.size * width).fill(1e-3);
  const bias = new Float32Array(width);
  const biasGrown = new Float32Array(width).fill(1e-2);
  const place = new Map(labels.map((label, at) => [label, at]));
  const vectors = taught.map(({ signs }) => vectorOf(signs, { rows, idf }));
  const order = taught.map((_, at) => at);
  const random = seeded(taught.length);
  // One of each for all examples: a training makes millions of steps.
  const off = new Float32Array(width);
  const moved = new Int32Array(width);
  for (let epoch = 0; epoch < EPOCHS; epoch += 1) {
    const rate = RATE * (1 - (epoch / EPOCHS) * (1 - LAST_RATE));
    for (const at of shuffled(order, random)) {
      const { label, weight = 1 } = taught[at] as Taught;
      const vector = vectors[at] as Vector;
      const right = place.get(label);
      lookAt(vector, { weights, bias }, off);
      let count = 0;
      for (let c = 0; c < width; c += 1) {
        const wanted = c === right ? 1 - DOUBT : DOUBT / width;
        const slope = (1 / (1 + Math.exp(-(off[c] as number))) - wanted) * weight;
        off[c] = slope;
        if (slope > SETTLED || slope < -SETTLED) {
          moved[count] = c;
          count += 1;
        }
      }
      for (let n = 0; n < count; n += 1) {
        const c = moved[n] as number;
        const slope = off[c] as number;
        const sum = (biasGrown[c] as number) + slope * slope;
        biasGrown[c] = sum;
        bias[c] = (bias[c] as number) - (BIAS_RATE * rate * slope) / Math.sqrt(sum);
      }
      const { rows: list, values } = vector;
      for (let i = 0; i < list.length; i += 1) {
        const value = values[i] as number;
        const from = (list[i] as number) * width;
        for (let n = 0; n < count; n += 1) {
          const c = moved[n] as number;
          const cell = from + c;
          const slope = (off[c] as number) * value;
          const sum = (grown[cell] as number) + slope * slope;
          grown[cell] = sum;
          weights[cell] = (weights[cell] as number) - (rate * slope) / Math.sqrt(sum);
        }
      }
    }
  }
  return { labels, rows, idf, bias, ...packed(weights, width) };
}

/** What each label says of a text, into `says`. */
function lookAt(
  { rows, values }: Vector,
  { weights, bias }: { weights: Float32Array; bias: Float32Array },
  says: Float32Array,
): void {
  says.set(bias);
  const width = says.length;
  for (let n = 0; n < rows.length; n += 1) {
    const value = values[n] as number;
    const from = (rows[n] as number) * width;
    for (let c = 0; c < width; c += 1) says[c] = (says[c] as number) + value * (weights[from + c] as number);
  }
}

/** A sign for each row: those of most texts, and which is first does not hang on the order of the texts. */
function rowsOf(taught: readonly Taught[], most: number): { rows: Map<number, number>; idf: Float32Array } {
  const texts = new Map<number, number>();
  for (const { signs } of taught)
    for (const sign of [...signs.words, ...signs.parts]) texts.set(sign, (texts.get(sign) ?? 0) + 1);
  const kept = [...texts]
    .filter(([, n]) => n >= LEAST_TEXTS)
    .sort(([a, n], [b, m]) => m - n || a - b)
    .slice(0, most);
  const idf = Float32Array.from(kept, ([, n]) => Math.log((1 + taught.length) / (1 + n)) + 0.5);
  return { rows: new Map(kept.map(([sign], row) => [sign, row])), idf };
}

/** In a byte each: hardly less right, and a quarter of the size. */
function packed(weights: Float32Array, width: number): Pick<Classifier, 'weights' | 'scale'> {
  const scale = new Float32Array(width).fill(1e-9);
  weights.forEach((it, at) => {
    scale[at % width] = Math.max(scale[at % width] as number, Math.abs(it) / 127);
  });
  return {
    scale,
    weights: Int8Array.from(weights, (it, at) => Math.round(it / (scale[at % width] as number))),
  };
}
