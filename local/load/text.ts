import { span } from './bottleneck.ts';
import type { Paced } from './outage.ts';
import type { LoadReport, Spread } from './report.ts';

/* The report for people. */

export function lines(report: LoadReport, picture: string | undefined): string[] {
  const { posts, perSecond, costUsd, ended, outage, bottleneck } = report;
  const facts: [string, string][] = [
    ['target', report.target],
    ['profile, rate, seed', `${report.profile}, ${report.rate} a second, ${report.seed}`],
    ['took', span(report.seconds * 1000)],
    ['posts', `${posts.sent}, ${posts.again} of them a second time (${posts.repeated} answered as repeated)`],
    ['turned away with 429, retries', `${posts.turnedAway}, ${posts.retries}`],
    ['not accepted', told(report.notAccepted)],
    ['accepted', `${report.accepted}, ${perSecond.accepted.toFixed(1)} a second`],
    [
      'came to rest',
      `${perSecond.rested.toFixed(1)} a second, ${perSecond.best.toFixed(1)} in the best ten seconds`,
    ],
    ['as', told(ended)],
    ['made by them', `${report.made.items}, ${report.made.atRest} of them at rest`],
    ['stopped, by class', told(report.errors)],
    ['failed calls', told(report.callFailures)],
    ['without something', String(report.degraded)],
    ['models, an item', `US$ ${costUsd.perItem.toFixed(6)} (all: ${costUsd.all.toFixed(4)})`],
    ['lost', report.lost.length === 0 ? '0' : `${report.lost.length}: ${report.lost.slice(0, 20).join(' ')}`],
    ['made twice', String(report.doubled.length)],
  ];
  const width = Math.max(...facts.map(([name]) => name.length));
  return [
    ...(report.brokenOff ? ['broken off: what is known so far', ''] : []),
    ...facts.map(([name, value]) => `${name.padEnd(width)}  ${value}`),
    '',
    ...spreads('stage', report.stages),
    '',
    ...spreads('from acceptance to work, by priority', report.waits),
    '',
    ...spreads('from acceptance to rest, by automation', report.totals),
    '',
    ...(outage ? [...outageLines(outage), ''] : []),
    `bottleneck: ${bottleneck.name}`,
    ...bottleneck.evidence.map((line) => `  ${line}`),
    ...bottleneck.grew
      .slice(1)
      .map(({ part, fromMs, toMs }) => `  also grew: ${part}, ${span(fromMs)} to ${span(toMs)}`),
    ...(picture ? ['', `picture: ${picture}`] : []),
  ];
}

function spreads(title: string, all: Readonly<Record<string, Spread>>): string[] {
  const rows = Object.entries(all);
  const width = Math.max(title.length, ...rows.map(([name]) => name.length));
  const cells = (texts: readonly string[]) => texts.map((text) => text.padStart(9)).join('');
  return [
    title.padEnd(width) + cells(['items', 'P50 ms', 'P95 ms', 'P99 ms']),
    ...rows.map(
      ([name, { n, p50, p95, p99 }]) =>
        name.padEnd(width) + cells([n, p50, p95, p99].map((value) => value.toLocaleString('en'))),
    ),
  ];
}

/** What is asked of a backlog after an outage. */
const MOST_TIMES = 1.2;

function outageLines({ fromMs, toMs, drain }: NonNullable<LoadReport['outage']>): string[] {
  const head = `outage: models and destinations were down for ${span(toMs - fromMs)}`;
  if (!drain) return [head, '  nothing was under way when it was over'];
  const { backlog, seconds, rested, bestRate, windowSeconds, times, paced, afterClosed: after } = drain;
  return [
    head,
    `  ${backlog} items were under way when it was over; the last of them rested after ${seconds.toFixed(1)} s`,
    `  ${rested} came to rest in that time; at ${bestRate.toFixed(1)} a second, the best ${windowSeconds} s of the run, that is ${(rested / bestRate).toFixed(1)} s`,
    ...(paced ? [pacedLine(paced, drain.leastSeconds)] : []),
    `  ${times.toFixed(2)} × the least possible, with the time until a breaker lets the first call through`,
    after
      ? `  ${after.probeSeconds.toFixed(1)} s until the last of the breakers closed that was waited for; from then on ${after.seconds.toFixed(1)} s for ${after.rested} items, which take ${after.leastSeconds.toFixed(1)} s: ${after.times.toFixed(2)} × (asked: at most ${MOST_TIMES})`
      : `  nobody tells when the breakers closed (asked of what follows: at most ${MOST_TIMES} ×)`,
  ];
}

const pacedLine = ({ endpoint, calls, perMinute }: Paced, seconds: number): string =>
  `  endpoint '${endpoint}' answered ${calls} calls in it, of which it takes ${perMinute.toLocaleString('en')} a minute: that is ${seconds.toFixed(1)} s`;

const told = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ') || 'none';
