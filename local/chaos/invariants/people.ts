import type { Collected } from './collected.ts';

/* What people said counts, once. */

const count = (trail: readonly { event: string }[], name: string) =>
  trail.filter(({ event }) => event === name).length;

/** Of one question there is one decision. */
export function oneDecision({ approvals, items }: Collected): string[] {
  const rows = approvals.flatMap(({ id, status, decision, trail }) => {
    const decided = count(trail, 'decided') - count(trail, 'undone');
    if (decided > 1) return [`${id} was decided ${decided} times`];
    if (status === 'decided' && !decision) return [`${id} is decided, and says not how`];
    return [];
  });
  const told = items.flatMap(({ id, timeline }) => {
    const seen = new Map<unknown, Set<unknown>>();
    for (const { event, approvalId, decision } of timeline)
      if (event === 'decided') seen.set(approvalId, (seen.get(approvalId) ?? new Set()).add(decision));
    return [...seen]
      .filter(([, all]) => all.size > 1)
      .map(([of]) => `${id} was told of two decisions on ${of}`);
  });
  return [...rows, ...told];
}

/** How the item ended is how people decided. */
export function decisionIsCarried({ approvals, items }: Collected): string[] {
  const last = new Map<string, (typeof approvals)[number]>();
  for (const one of approvals) {
    const before = last.get(one.itemId);
    if (!before || before.generation < one.generation) last.set(one.itemId, one);
  }
  return items.flatMap(({ id, status }) => {
    const { decision } = last.get(id) ?? {};
    if (decision === 'reject' && status !== 'rejected') return [`${id} was rejected, and is ${status}`];
    if (decision === 'approve' && ['rejected', 'expired', 'waiting_approval'].includes(status))
      return [`${id} was approved, and is ${status}`];
    return [];
  });
}

/** Who was told that their word counts, of them it counts. */
export function saidCounts({ said, approvals }: Collected): string[] {
  return said.flatMap(({ item, decision, page }) => {
    const heard = /^(?:.* )?(Approved|Rejected)\b/.exec(page)?.[1];
    if (!heard || /already decided/i.test(page)) return [];
    const meant = heard === 'Approved' ? 'approve' : 'reject';
    if (meant !== decision) return [];
    const rows = approvals.filter(({ itemId }) => itemId === item);
    return rows.length > 0 && !rows.some((row) => row.decision === decision)
      ? [`${item}: a person was told '${heard}', and that is not what was kept`]
      : [];
  });
}
