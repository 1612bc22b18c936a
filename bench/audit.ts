import './quiet.ts';
import { labelsBelow } from '../lambdas/tables/samples/quality.ts';
import { seeded } from '../local/load/random.ts';
import { foundAfter, POLICY, SEEDED, samplesOf, USUAL } from './audit-weeks.ts';
import { atLeast, atMost, printVerdicts } from './verdicts.ts';

/* How soon audits find that a prompt is wrong, and how often they say so of one that is right. */

const RUNS = 200;
const WEEK = 1000;
const WITHIN = 3000;
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

const found = Array.from({ length: RUNS }, (_, run) =>
  foundAfter({ next: seeded(run + 1), wrong: USUAL + SEEDED, items: WITHIN }),
);
const after = found.filter((it) => it !== undefined).sort((a, b) => a - b);
const falsely = (wrong: number) =>
  Array.from({ length: RUNS }, (_, run) =>
    labelsBelow(POLICY, samplesOf({ next: seeded(run + 1), wrong, items: 10 * WEEK })),
  ).filter((labels) => labels.length > 0).length / RUNS;

const middle = after[Math.floor(after.length / 2)] ?? 0;
console.log(
  `share ${percent(POLICY.share)}, four times that of items with a mark; target ${percent(POLICY.target)}; ${RUNS} runs`,
);
console.log(`wrong for ${percent(SEEDED)} more: found after ${middle} items of the label in the middle run`);
console.log(
  `as wrong as the target allows, ten weeks of ${WEEK} items: said in ${percent(falsely(1 - POLICY.target))}`,
);
printVerdicts([
  atLeast(`found within ${WITHIN} items of the label`, after.length / RUNS, 0.9, percent),
  atMost(
    `said within ten weeks of ${WEEK} items where ${percent(USUAL)} are wrong`,
    falsely(USUAL),
    0.01,
    percent,
  ),
]);
