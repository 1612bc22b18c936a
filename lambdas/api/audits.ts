import type { AuditPolicy } from '../contract/audits/sample.ts';
import type { RegistryEntry } from '../contract/registry.ts';
import { json, type Reply } from '../kit/http.ts';
import { qualityOf } from '../tables/samples/quality.ts';
import { readStanding, recentSamples } from '../tables/samples/samples.ts';
import { thereOf } from '../tables/samples/there.ts';

/** `GET /v1/automations/{name}/audits`: what audits say of it. Whoever answers what waits sees none of this. */
export async function auditsReply(
  { name, audit, labels }: Pick<RegistryEntry, 'name' | 'audit' | 'labels'>,
  days: number,
  { CONTROL_TABLE: table, ITEM_TABLE }: { CONTROL_TABLE: string; ITEM_TABLE: string },
): Promise<Reply> {
  const [samples, standing] = await Promise.all([
    recentSamples(table, name, days),
    readStanding(table, name),
  ]);
  const { all, ...quality } = qualityOf(samples);
  const waiting = samples.filter(({ answers, people }) => answers.length < people);
  const open = await thereOf(ITEM_TABLE, waiting, labels);
  return json(200, {
    ...{ automation: name, days, policy: audit ? policyView(audit) : null, samples: samples.length },
    ...{ precision: all, ...quality, held: standing.held },
    open: open.map(({ itemId, at, answers, people }) => ({
      item: itemId,
      at,
      people,
      answered: answers.length,
    })),
  });
}

function policyView({ share, group, target, twice = 0, fields = [] }: AuditPolicy) {
  return { share, group, target, twice, fields };
}
