import { BUCKET, IDEMPOTENCY_TABLE } from '../../local/cases/account.ts';
import { taught } from '../../test/support/taught.ts';
import { atMost, exactly, type Verdict } from '../verdicts.ts';
import { type Bundle, honest } from './bundle.ts';
import { type Came, openDesk } from './desk.ts';
import { scriptOf } from './generated.ts';
import { fileOf } from './paper.ts';
import { recordsOf } from './records.ts';
import type { SlipName } from './slips.ts';

/*
 * Vendors whose bills a model always copies wrongly, in the same way: how many of them an approver has to correct, with what was learnt
 * of earlier corrections and without it.
 */

const EACH = 5;
const MOST = 999;
const ENV = { CONTENT_BUCKET: BUCKET, IDEMPOTENCY_TABLE, CONTENT_DAYS: '90' };
const SLIPS: readonly { slip: SlipName; field: 'number' | 'issueDate' }[] = [
  { slip: 'the customer number taken for that of the invoice', field: 'number' },
  { slip: 'the order taken for the invoice', field: 'number' },
  { slip: 'the day of delivery taken for that of issue', field: 'issueDate' },
];

/** Five bills of one vendor in each layout of a PDF that a model copies. */
function series(all: readonly Bundle[]): Bundle[][] {
  const layouts = [...new Set(all.map(({ layout }) => layout))].filter(({ kind }) => kind === 'pdf');
  return layouts.map((layout) => {
    const alike = all.filter((it) => it.layout === layout);
    return alike.filter(({ vendor }) => vendor.id === alike[0]?.vendor.id).slice(0, EACH);
  });
}

interface Run {
  bills: number;
  /** Bills whose value an approver had to mend. */
  corrected: number;
  /** Series with no more than one of them. */
  once: number;
  alone: number;
  wrongAlone: number;
}

/** @returns lines for people; their verdicts */
export async function throughHints(): Promise<[string[], Verdict[]]> {
  const all = Array.from({ length: MOST }, (_, at) => honest(at + 1));
  const chosen = series(all);
  const lines: string[] = [];
  const verdicts: Verdict[] = [];
  for (const { slip, field } of SLIPS) {
    const readers = new Map(all.map(({ n }) => [n, { slip, mends: false, label: 'invoice' }]));
    const [without, learning] = [await run(false), await run(true)];
    const of = `${without.bills} bills in ${chosen.length} layouts, ${slip}`;
    lines.push(
      `${of}: corrected ${without.corrected} without hints, ${learning.corrected} with them; one correction was enough in ${learning.once} layouts`,
    );
    verdicts.push(
      exactly(`${slip}: wrong alone`, without.wrongAlone + learning.wrongAlone, 0),
      exactly(`${slip}: alone with hints as without`, learning.alone, without.alone),
      atMost(`${slip}: corrected with hints`, learning.corrected, without.corrected / 2),
    );

    async function run(hints: boolean): Promise<Run> {
      const desk = await openDesk(recordsOf(chosen.flat()), scriptOf({ all, readers }), hints);
      const counted: Run = { bills: 0, corrected: 0, once: 0, alone: 0, wrongAlone: 0 };
      try {
        for (const bundles of chosen) {
          const before = counted.corrected;
          for (const bundle of bundles) await one(bundle);
          if (counted.corrected - before <= 1) counted.once += 1;
        }
      } finally {
        await desk.close();
      }
      return counted;

      async function one(bundle: Bundle): Promise<void> {
        const id = `hints-${bundle.n}`;
        const came: Came = await desk.take(id, [await fileOf(bundle)], 'Please find our invoice attached.');
        const right = bundle.invoice[field];
        const isRight = came.actions[0]?.parameters[field] === right;
        counted.bills += 1;
        if (came.verdict === 'act') {
          counted.alone += 1;
          if (!isRight) counted.wrongAlone += 1;
        } else if (!isRight) {
          counted.corrected += 1;
          if (came.item)
            await taught(ENV, desk.automation, came.item, { id, at: Date.now(), edits: { [field]: right } });
        }
      }
    }
  }
  return [lines, verdicts];
}
