import { askFor } from '../gate/gate.ts';
import { count } from '../kit/telemetry.ts';
import { event } from '../tables/items/items.ts';
import { isDoubtful } from '../tables/items/ledger.ts';
import { ACTED } from './alone.ts';
import { finish, start } from './finish.ts';
import { bodyOf } from './given/body.ts';
import { readFeedback } from './given/feedback.ts';
import type { ProcessOptions, Thinking } from './given/thinking.ts';
import { vaultOf } from './given/vault.ts';
import type { Progress } from './pipeline.ts';

/** What takes the place of thinking for an item that takes back what another one has done: code proposes, and a person is asked. */
export async function takeBack(
  work: Thinking,
  options: ProcessOptions,
  told: Progress & { work?: Thinking | undefined },
): Promise<void> {
  const { env, automation, implementation } = options;
  told.stage = 'evaluate';
  const { value: body } = await bodyOf(work, options);
  const { row } = work;
  const feedback = await readFeedback(env.APPROVAL_TABLE, row.sentBack);
  const { compensating } = await import('./parts/seldom.ts');
  const { item, shows, parent, reason } = await compensating(row, { body, feedback }, options);
  const vault = await vaultOf(env.CONTENT_BUCKET, row, automation, parent);
  told.events.push(event('evaluated', { action: item.proposal.action }));
  told.stage = 'gate';
  const asks = askFor(item, reason, { automation, implementation });
  const gated = isDoubtful(row) ? { ...asks, reasons: [...asks.reasons, ACTED] } : asks;
  const { verdict, reasons } = gated;
  told.events.push(event('gated', { verdict, reasons }));
  count('verdicts', automation.name);
  const judged = await finish(
    env,
    work,
    { item: gated, vault, events: told.events, compensates: shows },
    automation,
  );
  // The write of the verdict has ended the work.
  told.work = undefined;
  if (judged) await start(env, judged, automation);
}
