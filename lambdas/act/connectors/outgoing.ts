import type { RequestDestination } from '../../contract/outside/destination.ts';
import type { ApiQuestion, ApiRequest, Doing, RequestRules } from '../../contract/outside/request.ts';
import { SystemError } from '../../kit/errors.ts';
import { below } from '../../outbound/address.ts';
import type { Outgoing } from '../../outbound/send.ts';

/* What goes out for a `request` action: the code's request, held to what an action may set. */

/** A request of an action is a page or two. */
const MOST_BODY_BYTES = 256 * 1024;
const MOST_HEADER = 2000;

/** Who sends it, where it goes, how long it is and how we are known there are not the action's to say. */
const OURS =
  /^(?:host|connection|content-length|content-type|transfer-encoding|te|trailer|upgrade|expect|keep-alive|authorization|cookie|forwarded|idempotency-key|x-forwarded-.*|proxy-.*|:.*)$/;
const TOKEN = /^[a-z0-9!#$%&'*+.^_`|~-]+$/;

/** @throws SystemError where the code of the action asks for what it may not */
export function outgoing(
  destination: RequestDestination,
  rules: RequestRules,
  doing: Doing,
  request: ApiRequest,
): Outgoing {
  const { name } = destination;
  const { method } = request;
  if (!['POST', 'PUT', 'PATCH', 'DELETE'].includes(method))
    throw new SystemError(`destination '${name}': a request is a POST, PUT, PATCH or DELETE`);
  const { type, body } = bodyOf(request);
  if (body !== undefined && Buffer.byteLength(body) > MOST_BODY_BYTES)
    throw new SystemError(`destination '${name}': its request has more than ${MOST_BODY_BYTES} bytes`);
  const { repeats } = rules;
  if (repeats.by === 'body' && !body?.includes(doing.idempotencyKey))
    throw new SystemError(`destination '${name}': the body of its request is without the idempotency key`);
  return {
    method,
    url: urlOf(destination, request),
    headers: {
      ...headersOf(name, request, repeats.by === 'header' ? repeats.name : undefined),
      ...(type ? { 'content-type': type } : {}),
      ...(repeats.by === 'header'
        ? { [(repeats.name ?? 'idempotency-key').toLowerCase()]: doing.idempotencyKey }
        : {}),
    },
    ...(body === undefined ? {} : { body }),
  };
}

/** @throws SystemError where a path leads elsewhere than the code has meant */
export function urlOf(destination: RequestDestination, asked: ApiQuestion): URL {
  // Whoever decodes it once more takes the rest of a value for another resource.
  if (/%(?:25)*(?:2f|5c)/i.test(asked.path))
    throw new SystemError(
      `destination '${destination.name}': a value in the path of its request has a slash`,
    );
  return below(destination, asked);
}

/** The headers of a request, in lower case. @param keyed the header of the key, which is not the code's to set */
export function headersOf(
  name: string,
  { headers = {} }: ApiQuestion,
  keyed?: string,
): Record<string, string> {
  const own = Object.entries(headers).map(
    ([header, value]) => [header.toLowerCase(), String(value)] as const,
  );
  for (const [header, value] of own) {
    const allowed = TOKEN.test(header) && !OURS.test(header) && header !== keyed?.toLowerCase();
    // A line break would begin a header, or a request, of somebody else's.
    if (!allowed || !/^[\x20-\x7e]*$/.test(value) || value.length > MOST_HEADER)
      throw new SystemError(`destination '${name}': its request has a header that an action may not set`);
  }
  return { accept: 'application/json', 'user-agent': 'signalbox', ...Object.fromEntries(own) };
}

function bodyOf({ body }: ApiRequest): { type?: string; body?: string } {
  if (body === undefined) return {};
  if ('json' in body) return { type: 'application/json', body: JSON.stringify(body.json) };
  const form = new URLSearchParams();
  for (const [field, value] of Object.entries(body.form))
    if (value !== undefined) form.append(field, String(value));
  return { type: 'application/x-www-form-urlencoded', body: form.toString() };
}
