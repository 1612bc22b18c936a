import { digest } from '../../kit/digest.ts';
import { readCalibration } from '../../tables/control/calibrations.ts';
import { calibrationKey } from '../../tables/keys.ts';
import { calibrated } from './calibration.ts';

/** DynamoDB stores no number below 1e-130, and the probability of a long answer can fall below any bound. */
const LEAST = 1e-100;

/** How sure a model looks: the probability of its words, without the JSON around them. */
export function fromLogprobs(
  tokens: readonly { token: string; logprob: number | null }[] | undefined,
): number | undefined {
  const words = (tokens ?? []).filter(({ token }) => /[\p{L}\p{N}]/u.test(token));
  // Some servers send null for tokens they did not count: that is no certainty.
  if (words.length === 0 || !words.every(({ logprob }) => logprob !== null && logprob <= 0)) return undefined;
  return Math.max(LEAST, Math.exp(words.reduce((sum, { logprob }) => sum + Number(logprob), 0)));
}

/** The share of answers that say the same as the first. */
export function fromAgreement(answers: readonly unknown[]): number | undefined {
  if (answers.length < 2) return undefined;
  const first = digest(answers[0]);
  return answers.filter((answer) => digest(answer) === first).length / answers.length;
}

/** The calibrated value of a raw confidence, or null: no uncalibrated number leaves this room. */
export async function worthOf(
  controlTable: string,
  about: { automation: string; step: string; promptVersion: string; model: string },
  raw: number | undefined,
): Promise<number | null> {
  if (raw === undefined) return null;
  const id = calibrationKey(about.automation, about.step, about.promptVersion, about.model);
  return calibrated(await readCalibration(controlTable, id), raw);
}
