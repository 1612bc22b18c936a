import { vi } from 'vitest';
import { readSecret } from '../../../lambdas/kit/secrets.ts';
import { type Stub, stubServer } from '../../support/http.ts';

/* The server of an endpoint whose key is known, where a test replaces `readSecret`. */

export let server: Stub;

export async function freshServer(): Promise<void> {
  vi.mocked(readSecret).mockResolvedValue({ apiKey: 'key-1' });
  server = await stubServer();
}
