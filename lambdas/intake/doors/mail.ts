import type { Automation } from '../../contract/automation.ts';
import type { EnvFor } from '../../contract/env.ts';
import type { MailDoor } from '../../contract/intake/doors.ts';
import type { InboundMail, MailFacts } from '../../contract/intake/mail.ts';
import { getBytes, putBytes, removeObject } from '../../kit/bucket/bytes.ts';
import { TransientError } from '../../kit/errors.ts';
import type { Email } from '../../kit/mail/parts.ts';
import { getItem } from '../../tables/items/items.ts';
import { inboundKey, quarantineKey } from '../../tables/keys.ts';
import type { Arrival } from '../accept.ts';
import { arrivalOf, unread } from './arrival.ts';
import { upload } from './files.ts';
import { attachedTo } from './mail/attachments.ts';
import { factsOf, readable, sendersOf } from './mail/facts.ts';
import { identityOf } from './mail/identity.ts';
import { hasTooManyLines } from './mail/lines.ts';
import { shareOf } from './mail/share.ts';
import { threadOf } from './mail/thread.ts';
import { type Came, cameInto, hashOf, type Lying, lookAt, takeAway } from './object.ts';

type Env = EnvFor<'intake/doors'>;

/** As large as SES receives them for a bucket. */
const MOST_BYTES = 40 * 1024 * 1024;

/** What nobody writes by hand. */
const MOST_PARTS = 200;

/** SES tries a new rule out: it puts an object of this name where mails will go. */
const OF_SETUP = 'AMAZON_SES_SETUP_NOTIFICATION';

const UNKNOWN: MailFacts = {
  ...{ spf: 'none', dkim: 'none', dmarc: 'none', spam: 'none', virus: 'none' },
  ...{ verified: false, attachments: 0, leftOut: 0 },
};

/** What a door works with. */
interface Open {
  door: MailDoor;
  automation: Automation;
  env: Env;
}

/** Mails that SES has put into the bucket. */
export function fromMail(
  message: unknown,
  automation: Automation,
  env: Env,
): Promise<readonly Arrival[]> | undefined {
  const door = automation.doors?.mail;
  const came = door && cameInto(env.MAIL_BUCKET, automation.name, message);
  return came && open(came, { door, automation, env });
}

async function open(came: Came, how: Open): Promise<readonly Arrival[]> {
  const { automation, env } = how;
  const { name } = automation;
  if (came.key.endsWith(`/${OF_SETUP}`)) {
    await removeObject(came.bucket, came.key);
    return [];
  }
  const lying = await lookAt(came, name, env);
  if (!lying) return [];
  // One that is larger stays where it is.
  if (lying.head.bytes > MOST_BYTES)
    return [refused('too-large', hashOf(lying.key, lying.head.etag), UNKNOWN, how)];
  const bytes = await getBytes(lying.bucket, lying.key);
  if (!bytes) throw new TransientError('a mail went away while it was read');
  const arrival = await arrivalFrom(bytes, how);
  return [{ ...arrival, settled: (itemId) => settle(itemId, arrival, { lying, bytes, how }) }];
}

async function arrivalFrom(bytes: Buffer, how: Open): Promise<Arrival> {
  const { door, automation, env } = how;
  if (hasTooManyLines(bytes)) return refused('too-many-lines', identityOf(undefined, bytes), UNKNOWN, how);
  // Of what comes through doors few are mails, and what reads them is a sixth of the code.
  const { parseMail } = await import('../../kit/mail/parse.ts');
  const email = await parseMail(bytes);
  const identity = identityOf(email, bytes);
  if (!email) return refused('malformed-mail', identity, UNKNOWN, how);
  const mail = readable(email);
  const facts: MailFacts = { ...UNKNOWN, ...factsOf(email, mail) };
  const refusal = refusalOf(email, mail, facts);
  const subjects = sendersOf(email);
  const share = shareOf(mail.from, facts.verified);
  if (refusal) return { ...refused(refusal, identity, facts, how), subjects, share };
  const { files, leftOut } = attachedTo(email, automation, identity);
  const arrival = arrivalOf('mail', door, automation.schema, {
    ...{ key: identity, came: mail, body: () => door.body(mail), documents: files.map(({ ref }) => ref) },
  });
  if (files.length > 0) await upload(files, arrival, automation.name, env);
  const thread = threadOf(mail);
  return {
    ...{ ...arrival, subjects, share, mail: { ...facts, attachments: files.length, leftOut } },
    ...(thread ? { thread } : {}),
  };
}

/** Nothing is read of a mail with a virus, and there is nothing to read in one that holds nothing. */
function refusalOf(email: Email, mail: InboundMail, { virus }: MailFacts): string | undefined {
  if (virus === 'fail') return 'virus';
  if (email.attachments.length > MOST_PARTS) return 'too-many-parts';
  const empty = !mail.text && !mail.html && email.attachments.length === 0;
  return empty && (mail.subject.trim() === '' || !mail.from) ? 'malformed-mail' : undefined;
}

function refused(refusal: string, key: string, mail: MailFacts, { door, automation }: Open): Arrival {
  const arrival = arrivalOf('mail', door, automation.schema, { key, came: '', body: unread });
  return { ...arrival, mail, refused: refusal };
}

/** The mail is kept as it came beside its item, and no longer where it arrived. Nobody reads one with a virus. */
async function settle(
  itemId: string,
  { refused: refusal }: Arrival,
  { lying, bytes, how }: { lying: Lying; bytes: Buffer; how: Open },
): Promise<void> {
  const { automation, env } = how;
  const key = refusal === 'virus' ? quarantineKey(itemId, 'mail') : inboundKey(itemId, 'mail');
  // What was erased is not brought back by a mail that comes again: nobody would look for it once more.
  const { erasedAt } = (await getItem(env.ITEM_TABLE, itemId)) ?? {};
  if (erasedAt === undefined) await putBytes(env.UPLOAD_BUCKET, key, bytes, 'message/rfc822');
  await takeAway(lying, automation.name, env);
}
