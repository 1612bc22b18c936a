import { gate } from '../shared/gate.ts';
import type { Gated, Received, TimelineEvent } from '../shared/item.ts';
import { event } from '../shared/items.ts';
import type { StageContext } from './context.ts';
import { evaluate } from './evaluate/evaluate.ts';
import { prepare } from './prepare/prepare.ts';
import { route } from './route/route.ts';

/** The order of thinking; nothing here or below changes the outside world. */
export async function think(
  received: Received,
  context: StageContext,
): Promise<{ item: Gated; events: TimelineEvent[] }> {
  const prepared = prepare(received, context);
  const prepareEvent = event('prepared', {
    characters: prepared.text.length,
    suspicions: prepared.suspicions,
  });
  const routed = await route(prepared, context);
  const routeEvent = event('routed', { label: routed.label });
  const evaluated = await evaluate(routed, context);
  const evaluateEvent = event('evaluated', { action: evaluated.proposal.action });
  const item = gate(evaluated, context);
  const gateEvent = event('gated', { verdict: item.verdict, reasons: item.reasons });
  return { item, events: [prepareEvent, routeEvent, evaluateEvent, gateEvent] };
}
