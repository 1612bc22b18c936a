import { clock } from '../../kit/clock.ts';
import { compose, type Mail } from '../../outbound/mail/compose.ts';
import { counted, time, whole } from '../../reports/words.ts';

/** What waits for one auditor of one automation. */
export interface Waiting {
  automation: string;
  count: number;
  /** When the oldest ended. */
  oldest: string;
}

/** How much waits, and since when: lock screens show subjects, and no word of an item is in it. */
export function auditsMail(waiting: readonly Waiting[], base: string): Promise<Mail> {
  const all = waiting.reduce((sum, { count }) => sum + count, 0);
  const items = `${counted(all, 'item')} ${all === 1 ? 'waits' : 'wait'}`;
  const agoOf = (at: string) => `${time(clock.now() - Date.parse(at))} ago`;
  const [oldest = ''] = waiting.map((it) => it.oldest).sort();
  return compose({
    subject: `Signalbox: ${items} for your audit`,
    preheader: `The oldest ended ${agoOf(oldest)}.`,
    opening: 'They ended without a person. You are in a group that looks at some of them afterwards.',
    title: `${items} for your audit`,
    blocks: [
      {
        heading: 'By automation',
        lines: waiting.map(({ automation, count, oldest: at }): [string, string] => [
          automation,
          count === 1 ? `1, ended ${agoOf(at)}` : `${whole(count)}, the oldest ended ${agoOf(at)}`,
        ]),
      },
    ],
    button: { words: 'Open the list', url: `${base}/console/audits` },
    foot: [
      'You say what would have been right, and see afterwards what was done.',
      'This mail comes once a day, and not when nothing waits.',
    ],
  });
}
