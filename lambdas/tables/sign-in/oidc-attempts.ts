import { epochSeconds, isoNow } from '../../kit/clock.ts';
import { newLinkToken, sha256 } from '../../kit/digest.ts';
import { above, absent, all, is, put, updateAndSee } from '../../kit/dynamo/rows.ts';

const ATTEMPT_MINUTES = 10;

/** What has to come back, or to be shown, when somebody returns from the provider. */
export interface Attempt {
  /** The secret that travels through the browser; kept as a hash. */
  state: string;
  /** The secret of PKCE, which only the token request shows: whoever catches the code cannot use it. */
  verifier: string;
  /** Has to stand in the ID token. */
  nonce: string;
  /** The page to go to. */
  next: string;
}

/** The control table's row of somebody who was sent to the provider. */
interface AttemptRow extends Omit<Attempt, 'state'> {
  /** `oidc#` and the SHA-256 of the state. */
  id: string;
  /** SHA-256 of the cookie of the browser that began: an answer for one browser signs in no other. */
  browser: string;
  usedAt?: string;
  /** Seconds since 1970. */
  expiresAt: number;
}

export async function beginAttempt(table: string, browser: string, next: string): Promise<Attempt> {
  const attempt = { state: newLinkToken(), verifier: newLinkToken(), nonce: newLinkToken(), next };
  const { state, ...kept } = attempt;
  const expiresAt = epochSeconds(ATTEMPT_MINUTES * 60);
  await put<AttemptRow>(table, { id: idOf(state), browser: sha256(browser), ...kept, expiresAt });
  return attempt;
}

/**
 * Uses an attempt up: one conditional write, so that of two answers one counts, and one from elsewhere changes nothing.
 * @returns undefined when it is not ours, not of this browser, used or too old
 */
export async function useAttempt(
  table: string,
  state: string,
  browser: string,
): Promise<Attempt | undefined> {
  if (!/^[\w-]{43}$/.test(state)) return undefined;
  const { done, row } = await updateAndSee<AttemptRow>(table, idOf(state), {
    set: { usedAt: isoNow() },
    // The table forgets late, so the time is looked at here.
    when: all(is('browser', sha256(browser)), absent('usedAt'), above('expiresAt', epochSeconds())),
  });
  if (!done) return undefined;
  const { verifier, nonce, next } = row;
  return { state, verifier, nonce, next };
}

function idOf(state: string): string {
  return `oidc#${sha256(state)}`;
}
