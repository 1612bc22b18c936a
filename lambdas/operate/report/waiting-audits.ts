import type { ApprovalSettings } from '../../contract/approval-settings.ts';
import type { Sample } from '../../contract/audits/sample.ts';
import type { EnvFor } from '../../contract/env.ts';
import type { RegistryEntry } from '../../contract/registry.ts';
import { clock } from '../../kit/clock.ts';
import { personHash } from '../../kit/digest.ts';
import { logger } from '../../kit/telemetry.ts';
import { sendMail } from '../../outbound/mail/send.ts';
import { toldKey } from '../../tables/keys.ts';
import { claimMails, noteMailed, readMails, reportDone } from '../../tables/reports/reports.ts';
import { recentSamples, waitsFor } from '../../tables/samples/samples.ts';
import { thereOf } from '../../tables/samples/there.ts';
import { auditsMail, type Waiting } from './audits-mail.ts';

/** A day begins for auditors then (UTC). */
const DUE_MS = 6 * 3_600_000;

/**
 * Tells each auditor once a day what waits for them, and nobody for whom nothing does. That it goes is noted first: a function that dies
 * before it has sent leaves out one mail, of which the next day's says the same. What SES refuses is tried again in an hour.
 */
export async function tellAuditors(
  registry: readonly Pick<RegistryEntry, 'name' | 'audit' | 'labels'>[],
  settings: ApprovalSettings,
  { CONTROL_TABLE: table, ITEM_TABLE, BASE_URL }: EnvFor<'operate/report'>,
): Promise<void> {
  const audited = registry.flatMap(({ name, audit, labels }) =>
    audit ? [{ name, labels, group: audit.group }] : [],
  );
  if (audited.length === 0) return;
  const day = toldKey(new Date(clock.now() - DUE_MS).toISOString().slice(0, 10));
  if ((await readMails(table, day))?.doneAt !== undefined) return;
  const row = await claimMails(table, day);
  if (!row) return;
  const open = await openOf(table, ITEM_TABLE, audited);
  const faults: unknown[] = [];
  let sent: readonly string[] = row.sent ?? [];
  for (const [person, to] of peopleIn(settings, audited)) {
    const waiting = waitingFor(person, open, settings);
    if (waiting.length === 0 || sent.includes(person)) continue;
    if (!(await noteMailed(table, row, [...sent, person]))) return;
    try {
      await sendMail(settings.sender, to, await auditsMail(waiting, BASE_URL));
      sent = [...sent, person];
    } catch (error) {
      faults.push(error);
      await noteMailed(table, row, sent);
    }
  }
  if (faults.length > 0) throw faults[0];
  if (await reportDone(table, row)) logger.info('auditors told', { mails: sent.length });
}

interface Open {
  name: string;
  group: string;
  samples: readonly Sample[];
}

async function openOf(
  table: string,
  itemTable: string,
  audited: readonly (Omit<Open, 'samples'> & { labels: readonly string[] })[],
): Promise<Open[]> {
  const found: Open[] = [];
  // One after the other: each reads hundreds of rows.
  for (const { labels, ...of } of audited) {
    const samples = await recentSamples(table, of.name);
    const waiting = samples.filter(({ answers, people }) => answers.length < people);
    found.push({ ...of, samples: await thereOf(itemTable, waiting, labels) });
  }
  return found;
}

/** By what they are known by in answers: whoever has two addresses in the groups gets one mail. */
function peopleIn({ groups }: ApprovalSettings, audited: readonly { group: string }[]): Map<string, string> {
  const emails = audited.flatMap(({ group }) => (groups[group] ?? []).map(({ email }) => email));
  return new Map(emails.toReversed().map((email) => [personHash(email), email]));
}

function waitingFor(person: string, open: readonly Open[], { groups }: ApprovalSettings): Waiting[] {
  return open.flatMap(({ name, group, samples }) => {
    const member = groups[group]?.some(({ email }) => personHash(email) === person) ?? false;
    const theirs = member ? samples.filter((sample) => waitsFor(sample, person)) : [];
    const oldest = theirs[0];
    return oldest ? [{ automation: name, count: theirs.length, oldest: oldest.at }] : [];
  });
}
