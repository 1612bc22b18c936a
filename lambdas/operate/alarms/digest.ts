import type { ApprovalSettings } from '../../contract/approval-settings.ts';
import type { EnvFor } from '../../contract/env.ts';
import { logger } from '../../kit/telemetry.ts';
import { sendMail } from '../../outbound/mail/send.ts';
import { changeName, claimDigest, digestDone, noteDigestSent } from '../../tables/alarms/alarms.ts';
import { digestMail } from './mail.ts';

/** So long alarms of one trouble are gathered: CloudWatch looks each five minutes. */
export const HELD_MS = 5 * 60_000;
/** After so long the clock should have sent them: then whoever takes in the next alarm does. */
export const LATE_MS = 3 * HELD_MS;

/** About two hours. */
const MOST_TRIES = 6;

type Env = Pick<EnvFor<'operate/alarms'>, 'CONTROL_TABLE' | 'BASE_URL' | 'STAGE'>;

/**
 * Mails all alarms that have waited to each operator, as one mail. It is noted as sent afterwards: who dies in between sends it once
 * more, later and later, and loses none.
 */
export async function sendDigest(
  { sender, operators }: Pick<ApprovalSettings, 'sender' | 'operators'>,
  { CONTROL_TABLE: table, BASE_URL, STAGE }: Env,
  heldMs = HELD_MS,
): Promise<void> {
  const digest = await claimDigest(table, heldMs);
  if (!digest) return;
  const { sending, sent, told } = digest;
  const changes = [...new Map(sending.map((it) => [changeName(it), it])).values()].filter(
    (it) => !told.includes(changeName(it)),
  );
  const faults: unknown[] = [];
  if (changes.length > 0) {
    const mail = await digestMail(changes, STAGE, BASE_URL);
    for (const to of operators.filter((it) => !sent.includes(it))) {
      try {
        await sendMail(sender, to, mail);
        await noteDigestSent(table, digest, to);
      } catch (error) {
        faults.push(error);
      }
    }
  }
  // Somebody has it: an address that takes none must not keep the next alarms from the others. Where nobody has it, it is tried for ever.
  const given = faults.length > 0 && faults.length < operators.length && digest.tries >= MOST_TRIES;
  if (faults.length > 0 && !given) throw faults[0];
  await digestDone(table, digest);
  if (given) throw faults[0];
  logger.info('alarms mailed', { alarms: changes.length, mails: operators.length - sent.length });
}
