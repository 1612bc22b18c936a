import { type ClientLimits, limitsOf, limitsText } from '../contract/client-limits.ts';
import { sha256 } from '../kit/digest.ts';
import type { CallerContext } from '../kit/http.ts';
import { readSecret } from '../kit/secrets.ts';

/** An entry of the secret `signalbox/clients`. */
interface Client {
  name: string;
  /** SHA-256 of the client's token, in hex: the token itself is kept by the client alone. */
  sha256: string;
  automations: string[];
  role?: string;
  rate?: Partial<ClientLimits['rate']>;
  quota?: Partial<ClientLimits['quota']>;
  callbackKey?: string;
}

/** Who sends a request, by its `Authorization` header; nobody for a token that is not known. */
export async function callerOf(
  header: string | undefined,
  secretId: string,
): Promise<Partial<CallerContext>> {
  const token = /^Bearer ([\w.~+/=-]{16,512})$/i.exec(header ?? '')?.[1];
  if (!token) return {};
  // Hashes of random tokens are compared, so the time a comparison takes tells nothing of a token.
  const hash = sha256(token);
  const client = (await find(secretId, hash, KNOWN_MS)) ?? (await find(secretId, hash, NEW_CLIENT_MS));
  if (!client) return {};
  return {
    client: client.name,
    automations: client.automations.join(','),
    role: client.role ?? 'client',
    limits: limitsText(limitsOf(client)),
    // That there is one: the key itself is for who calls back.
    ...(client.callbackKey ? { callbacks: 'yes' } : {}),
  };
}

/** A client whose entry is changed or removed is let in this much longer at most. */
const KNOWN_MS = 60_000;

/** A token that is not known may be new: the list is read again for it, but not for every stranger. */
const NEW_CLIENT_MS = 5_000;

async function find(secretId: string, hash: string, keepMs: number): Promise<Client | undefined> {
  const { clients } = await readSecret<{ clients: Client[] }>(secretId, keepMs);
  return clients.find((candidate) => candidate.sha256 === hash);
}
