import { clock } from '../../kit/clock.ts';
import { type Block, compose, type Mail } from '../../outbound/mail/compose.ts';
import { time } from '../../reports/words.ts';
import type { AlarmChange } from '../../tables/alarms/alarms.ts';

/** More than a person reads at night; SES takes ten megabytes. */
const MOST_ALARMS = 50;

interface Standing {
  alarm: string;
  first: AlarmChange;
  last: AlarmChange;
  /** How often it went on. */
  times: number;
}

/** What, why, how many, since when, and what to press, of each alarm; those that stand come first. */
export function digestMail(changes: readonly AlarmChange[], stage: string, base: string): Promise<Mail> {
  const all = [...Map.groupBy(changes, ({ alarm }) => alarm).values()].map(standingOf);
  const [stand, over] = [all.filter(stands), all.filter((it) => !stands(it))];
  const [only] = all;
  const title =
    all.length === 1 && only
      ? `${only.alarm}${stands(only) ? '' : ' is over'}`
      : [
          ...(stand.length > 0 ? [`${stand.length} ${stand.length === 1 ? 'alarm' : 'alarms'}`] : []),
          ...(over.length > 0 ? [`${over.length} over`] : []),
        ].join(', ');
  const shown = [...stand, ...over].slice(0, MOST_ALARMS);
  const more = all.length - shown.length;
  return compose({
    subject: `Signalbox ${stage}: ${title}`,
    preheader: 'None of them is urgent: those come at once.',
    opening: `Alarms of ${stage} that can wait for the morning, of the last minutes together.`,
    title,
    blocks: [
      ...shown.map(blockOf),
      ...(more > 0 ? [{ heading: `${more} more`, lines: [['Look', health(stage)] as const] }] : []),
    ],
    button: { words: 'See what is stuck', url: `${base}/console/operate` },
    foot: [`All in one screen: ${health(stage)}`, 'A mail like this comes every five minutes at most.'],
  });
}

const health = (stage: string) => `npm run signalbox -- health --stage ${stage}`;
const stands = ({ last }: Standing) => last.state === 'ALARM';

function standingOf(of: readonly AlarmChange[]): Standing {
  // SNS keeps no order.
  const [first, ...rest] = [...of].sort((a, b) => (a.at < b.at ? -1 : 1)) as [AlarmChange, ...AlarmChange[]];
  const times = of.filter(({ state }) => state === 'ALARM').length;
  return { alarm: first.alarm, first, last: rest.at(-1) ?? first, times };
}

function blockOf(standing: Standing): Block {
  const { alarm, first, last, times } = standing;
  const { impact, press, entry } = partsOf(last.text || first.text);
  const since = `${last.at}, ${time(clock.now() - Date.parse(last.at))} ago`;
  const now = stands(standing);
  const lines: [string, string][] = [
    // The alarm's own words speak of what is the case while it stands.
    [now ? 'What' : 'It was about', impact || 'somebody wrote to the topic of the alarms'],
    [now ? 'Why' : 'Over because', last.reason],
    [now ? 'Since' : 'Over since', since],
    ...(times > 1 ? [['How often', `${times} times, first at ${first.at}`] as [string, string]] : []),
    ...(press && now ? [['Press', press] as [string, string]] : []),
    // As GitHub makes the address of a heading.
    ...(entry ? [['Runbook', `docs/runbook.md#${entry.replace(/[^\w-]/g, '')}`] as [string, string]] : []),
  ];
  return { heading: alarm, lines };
}

/** As `lambdas/contract/alarms/alarms.ts` composes it. */
const TEXT = /^\w+: (.*?)\. Press: (.*?)\. Runbook: \S+, "(.*)"$/s;

export function partsOf(text: string): { impact: string; press: string; entry: string } {
  const [, impact = text, press = '', entry = ''] = TEXT.exec(text) ?? [];
  return { impact, press, entry };
}
