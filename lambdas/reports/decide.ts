import type { Gathered } from './gathered.ts';
import { changeOf, type Summary } from './summary.ts';
import { percent, usd, whole } from './words.ts';

export interface Decision {
  /** What kind of decision it is, for programs. */
  code:
    | 'owner'
    | 'review'
    | 'caution'
    | 'state'
    | 'stopped'
    | 'budget'
    | 'audit'
    | 'override'
    | 'alone'
    | 'fast'
    | 'cost'
    | 'drift';
  words: string;
  /** Where it is decided: a path of the console. */
  link: string;
}

/** From so many decisions on, their shares say something. */
const ENOUGH = 20;
const MUCH_OVERRIDDEN = 0.2;
const HARDLY_OVERRIDDEN = 0.02;
const MANY_FAST = 0.5;
/** Of what it was the week before. */
const DEARER = 0.2;
const SPENT = 0.8;
/** Shifts that a line names. */
const NAMED = 3;

/** What somebody should settle, each with where: at most a line for each kind. */
export function decideOf(
  now: Summary,
  before: Summary,
  { known, standing, daysSpent, shifts }: Gathered,
): Decision[] {
  const room = `/console/automations/${known.name}`;
  const { attention } = now;
  const stopped = now.parked + now.quarantined;
  // A week in which AWS was not counted yet is no measure.
  const dearer = before.awsUsd ? changeOf(now.costPerDoneUsd, before.costPerDoneUsd) : null;
  const enough = attention.decided >= ENOUGH;
  const perDay = now.costUsd / 7;
  const audited = now.auditPrecision;
  const all: (Decision | false)[] = [
    !standing.ownerKnown && {
      ...{ code: 'owner', link: room },
      words: `Who answers for it? '${known.owner}' is nobody in the configuration`,
    },
    standing.reviewOverdue && {
      ...{ code: 'review', link: `${room}#review` },
      words: `Its review was due by ${standing.reviewDue}: look at it, and record that`,
    },
    standing.state !== 'running' && {
      ...{ code: 'state', link: '/console/operate' },
      words: `It is ${standing.state}: may it go on?`,
    },
    standing.caution.length > 0 && {
      ...{ code: 'caution', link: '/console/caution' },
      words: `It asks a person about ${standing.caution.join(', ')} by command: may that end?`,
    },
    stopped > 0 && {
      ...{ code: 'stopped', link: `/console/operate/items?automation=${known.name}` },
      words: `${whole(stopped)} came to rest: is what still rests to go on, or to be withdrawn?`,
    },
    (daysSpent.length > 0 || perDay > SPENT * known.budget.perDayUsd) && {
      ...{ code: 'budget', link: room },
      words: `Models cost ${usd(perDay)} a day of ${usd(known.budget.perDayUsd)}: is that enough?`,
    },
    audited !== undefined &&
      known.audit !== undefined &&
      audited.high < known.audit.target && {
        ...{ code: 'audit', link: room },
        words: `Audits find ${percent(audited.value)} right, ${percent(audited.high)} at best, of ${percent(known.audit.target)}: what has the prompt or the gate to learn?`,
      },
    enough &&
      (now.overrideRate ?? 0) >= MUCH_OVERRIDDEN && {
        ...{ code: 'override', link: '/console/decided' },
        words: `People overrode ${percent(now.overrideRate)}: what has the prompt or the gate to learn?`,
      },
    enough &&
      (now.overrideRate ?? 1) <= HARDLY_OVERRIDDEN && {
        ...{ code: 'alone', link: room },
        words: `People took ${percent(attention.agreement)} of ${whole(attention.decided)} as proposed: may it do more alone?`,
      },
    enough &&
      (attention.shareFast ?? 0) >= MANY_FAST && {
        ...{ code: 'fast', link: '/console/statistics' },
        words: `${percent(attention.shareFast)} were decided fast: are they read, or need they not be asked?`,
      },
    shifts.length > 0 && {
      ...{ code: 'drift', link: `${room}/drift` },
      words: `${shiftsWords(shifts)}: do prompts and gate still fit?`,
    },
    dearer !== null &&
      dearer > DEARER && {
        ...{ code: 'cost', link: room },
        words: `Each done item cost ${percent(dearer)} more than the week before: why?`,
      },
  ];
  return all.filter((it) => it !== false);
}

function shiftsWords(shifts: Gathered['shifts']): string {
  const named = shifts.slice(0, NAMED).map(({ words, since }) => `${words} (since ${since})`);
  const more = shifts.length - named.length;
  return `It differs from the weeks before. ${named.join('; ')}${more > 0 ? `; ${more} more` : ''}`;
}
