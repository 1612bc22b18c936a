import * as z from 'zod/v4/core';
import type { Automation } from '../../lambdas/contract/automation.ts';
import { doorNames } from '../../lambdas/contract/intake/doors.ts';
import type { MailFacts } from '../../lambdas/contract/intake/mail.ts';
import type { Prepared } from '../../lambdas/contract/item/envelope.ts';
import { readable } from '../../lambdas/intake/doors/mail/facts.ts';
import { parseMail } from '../../lambdas/kit/mail/parse.ts';
import { prepare } from '../../lambdas/prepare/prepare.ts';
import { bodyOf, wordsOf } from '../../local/attacked.ts';
import type { Attack } from '../../local/attacks.ts';

/* An attack as it comes by each door: through the door's own function, its schema and the prepare stage. */

/** What the door made of it: an item, nothing (`unfit`: kept, and quarantined), or no way was known to put it there (`untried`). */
export type Arrived = Prepared | 'unfit' | 'untried';

/** A mail that everything speaks for: the sender is who it says. */
const VERIFIED: MailFacts = {
  ...{ spf: 'pass', dkim: 'pass', dmarc: 'pass', spam: 'pass', virus: 'pass' },
  ...{ verified: true, attachments: 0, leftOut: 0 },
};

/** Doors with words of their own: what comes with a file is in `documents.ts`. */
export const worded = (automation: Automation): string[] =>
  doorNames(automation).filter((name) => name !== 'upload' && name !== 'drop');

export async function arrivedBy(door: string, automation: Automation, attack: Attack): Promise<Arrived> {
  if (door === 'mail') return mailed(automation, attack);
  for (const payload of payloadsOf(automation, attack)) {
    const body = bodyBy(door, automation, payload);
    if (body === undefined) continue;
    const { success, data } = z.safeParse(automation.schema, body);
    if (success) return received(automation, data);
  }
  return door === 'api' || door === 'mcp' ? 'unfit' : 'untried';
}

/** In the shape that senders of webhooks, events and records have: the first that the door understands is taken. */
function payloadsOf(automation: Automation, attack: Attack): unknown[] {
  const words = wordsOf(attack);
  return [
    { issue: { title: words.slice(0, 200), body: words } },
    { event: { type: 'message', text: words } },
    { type: 'charge.dispute.created', data: { object: { charge: words.slice(0, 200), reason: words } } },
    bodyOf(automation, attack),
    { subject: words.slice(0, 200), text: words, from: 'mara@example.com' },
  ];
}

function bodyBy(door: string, { doors = {} }: Automation, payload: unknown): unknown {
  const [kind = '', name = ''] = door.split(/:(.*)/);
  try {
    switch (kind) {
      case 'webhook':
        return doors.webhooks?.[name]?.body({ payload, text: JSON.stringify(payload), headers: {} });
      case 'event': {
        const at = { id: 'event-1', time: '2026-11-29T00:00:00Z' };
        const { source = '', detailType = '' } = doors.events?.[name] ?? {};
        return doors.events?.[name]?.body({ ...at, source, 'detail-type': detailType, detail: payload });
      }
      case 'schedule':
        return doors.schedules?.[name]?.body(payload);
      default:
        return payload;
    }
  } catch {
    return undefined;
  }
}

async function mailed(automation: Automation, attack: Attack): Promise<Arrived> {
  const email = await parseMail(rawMail(attack));
  if (!email) return 'unfit';
  const { success, data } = z.safeParse(automation.schema, automation.doors?.mail?.body(readable(email)));
  return success ? received(automation, data, VERIFIED) : 'unfit';
}

function rawMail(attack: Attack): Uint8Array {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const head = [
    'From: Mara <mara@example.com>',
    'To: desk@in.example.com',
    `Subject: =?utf-8?B?${base64(wordsOf(attack).slice(0, 40))}?=`,
    `Content-Type: text/${attack.html ? 'html' : 'plain'}; charset=utf-8`,
    'Content-Transfer-Encoding: base64',
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${base64(attack.html ?? attack.text)}\r\n`);
}

function received(automation: Automation, body: unknown, mail?: MailFacts): Arrived {
  const item = { id: 'item-1', automation: automation.name, generation: 1, body, feedback: [] };
  try {
    return prepare({ ...item, ...(mail ? { mail } : {}) }, { automation });
  } catch {
    // An item without text: nobody thinks about it.
    return 'unfit';
  }
}
