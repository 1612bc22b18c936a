import { isUtf8 } from 'node:buffer';
import type { Automation } from '../../../contract/automation.ts';
import type { EnvFor } from '../../../contract/env.ts';
import { MOST_CALLS, type WebhookCall, type WebhookDoor } from '../../../contract/intake/webhooks.ts';
import { sha256 } from '../../../kit/digest.ts';
import { type ApiEvent, json, Problem, type Reply } from '../../../kit/http.ts';
import { MAX_BODY_BYTES } from '../../../kit/request-body.ts';
import { cutText } from '../../../kit/text.ts';
import { admitPost } from '../../client-rate.ts';
import { arrivalOf } from '../arrival.ts';
import { takeIn } from '../take-in.ts';
import { isCredential, schemeOf } from './schemes.ts';
import { verify } from './verify.ts';

type Env = EnvFor<'intake/intake'>;

/**
 * The door of senders that cannot set a token. Nothing is written, and nothing of the body is parsed, before its signature is good; the
 * bytes that were signed are the bytes that are kept. What fits no schema is an item all the same: the sender has no second try.
 * @throws Problem 401, 404, 413, 429, 503
 */
export async function takeWebhook(event: ApiEvent, automation: Automation, env: Env): Promise<Reply> {
  const name = event.pathParameters?.name ?? '';
  const { webhooks = {} } = automation.doors ?? {};
  const door = Object.hasOwn(webhooks, name) ? webhooks[name] : undefined;
  if (!door) throw new Problem(404, `'${automation.name}' has no webhook '${cutText(name, 80)}'`);
  const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (body.length > MAX_BODY_BYTES) throw new Problem(413, `the body may be at most ${MAX_BODY_BYTES} bytes`);
  const { headers } = event;
  await verify(door, { automation: automation.name, name, environment: env.STAGE, headers, body });
  const call = callOf(door, headers, body);
  const greeting = greeted(door, call);
  if (greeting) return greeting;
  if (!takes(door, call)) return answered(door, 200, {});
  // Behind the signature: a flood without one takes none of the sender's room.
  const limits = { rate: door.rate ?? MOST_CALLS, quota: { perDay: Number.MAX_SAFE_INTEGER } };
  await admitPost(env.CONTROL_TABLE, { name: `@webhook:${automation.name}/${name}`, limits });
  const arrival = arrivalOf(`webhook:${name}`, door, automation.schema, {
    key: keyOf(door, call, body),
    came: isUtf8(body) ? call.text : body,
    body: () => door.body(call),
  });
  const row = await takeIn(arrival, automation, env);
  if (!row) return answered(door, 200, { duplicate: true });
  const { id, status, duplicate } = row;
  const told = { id, automation: automation.name, status, ...(duplicate ? { duplicate } : {}) };
  return answered(door, duplicate ? 200 : 202, told);
}

/** Where a declaration's code throws, the call is kept, and a person sees why. */
function takes({ takes: wanted }: WebhookDoor, call: WebhookCall): boolean {
  try {
    return wanted?.(call) ?? true;
  } catch {
    return true;
  }
}

function callOf({ scheme }: WebhookDoor, headers: ApiEvent['headers'], body: Buffer): WebhookCall {
  const text = isUtf8(body) ? body.toString('utf8') : '';
  const shown = Object.entries(headers).filter(([name]) => !isCredential(scheme, name));
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? '');
  // Nobody signs a Content-Type: what is JSON is JSON.
  const payload = jsonOf(text) ?? (isForm ? formOf(text) : undefined);
  return { text, headers: Object.fromEntries(shown), payload };
}

function formOf(text: string): unknown {
  const fields = new URLSearchParams(text);
  const payload = fields.get('payload');
  return (payload === null ? undefined : jsonOf(payload)) ?? Object.fromEntries(fields);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The sender's own id, or the bytes: nothing beside what it signed, so that a recorded call is the same one whatever stands around it. */
function keyOf({ scheme }: WebhookDoor, { headers, text }: WebhookCall, body: Buffer): string {
  const id = schemeOf(scheme).id(headers, jsonOf(text) ?? formOf(text));
  const isId = (typeof id === 'string' && id !== '' && id.length <= 255) || Number.isSafeInteger(id);
  return isId ? `id|${id}` : `bytes|${sha256(body)}`;
}

/** What a sender asks when the webhook is set up; it is no work. */
function greeted({ scheme }: WebhookDoor, { payload, headers }: WebhookCall): Reply | undefined {
  const said = (typeof payload === 'object' && payload !== null ? payload : {}) as Record<string, unknown>;
  const { type, challenge, zen } = said;
  if (scheme.kind === 'slack' && type === 'url_verification')
    return json(200, { challenge: typeof challenge === 'string' ? cutText(challenge, 500) : '' });
  if (scheme.kind === 'github' && headers['x-github-event'] === 'ping' && typeof zen === 'string')
    return json(200, {});
  return undefined;
}

/** Slack shows what it is answered to people, and takes nothing but 200. */
function answered({ scheme }: WebhookDoor, status: 200 | 202, told: object): Reply {
  return scheme.kind === 'slack' ? { statusCode: 200 } : json(status, told);
}
