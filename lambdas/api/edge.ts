import { EDGE_HEADER } from '../contract/names.ts';
import { sha256 } from '../kit/digest.ts';
import { readSecret } from '../kit/secrets.ts';

/** The variable's value where the API is behind nothing. */
const NONE = 'none';

/** A value that was changed is asked for so soon. */
const KEEP_MS = 60_000;

/** Whether CloudFront sent it on: it adds a header that nobody else knows. True where the API is not behind it. */
export async function cameByEdge(
  headers: Readonly<Record<string, string | undefined>> | undefined,
  secretId: string,
): Promise<boolean> {
  if (secretId === NONE) return true;
  const sent = headers?.[EDGE_HEADER];
  if (!sent) return false;
  const { value } = await readSecret<{ value?: string }>(secretId, KEEP_MS);
  // Hashes are compared, so the time a comparison takes tells nothing of the value.
  return typeof value === 'string' && value !== '' && sha256(sent) === sha256(value);
}
