/** Of an answer in JSON this is a thousand pages: whoever sends more would fill the function's memory. */
export const MOST_BYTES = 4 * 1024 * 1024;

/** A body longer than what was allowed. */
export class TooManyBytes extends Error {
  override readonly name = 'TooManyBytes';
}

/** No connection came about, or none to be trusted. */
const NEVER_SENT =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_\w+|\w*(?:CERT|SIGNATURE)\w*)$/;

/** Whether nothing can have been sent. */
export function neverSent(error: unknown): boolean {
  return withCauses(error).some((it) => NEVER_SENT.test(String((it as { code?: unknown }).code)));
}

/** `fetch` says "failed"; what failed stands in the causes. */
export function withCauses(error: unknown): Error[] {
  const list: Error[] = [];
  for (let it = error; it instanceof Error; it = it.cause) list.push(it);
  return list;
}

/** The text of a body, read to its end. @throws TooManyBytes as soon as it is too long; what the connection throws */
export async function textWithin(response: Response, most = MOST_BYTES): Promise<string> {
  const said = Number(response.headers.get('content-length') ?? 0);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  if (said > most) {
    await response.body?.cancel();
    throw new TooManyBytes(`a body of ${said} bytes`);
  }
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    // Leaving the loop ends the connection.
    if (bytes > most) throw new TooManyBytes(`a body of more than ${most} bytes`);
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}
