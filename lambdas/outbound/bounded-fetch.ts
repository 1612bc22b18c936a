/** Of an answer in JSON this is a thousand pages: whoever sends more would fill the function's memory. */
export const MOST_BYTES = 4 * 1024 * 1024;

/** A body longer than what was allowed. */
export class TooManyBytes extends Error {
  override readonly name = 'TooManyBytes';
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
