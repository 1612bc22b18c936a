import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Not part of the policy: prompts have versions of their own, told of in `releases.md`; cases, samples and what the sandbox knows only test. */
const APART =
  /^prompts\/|^cases(?:\.(?:jsonl|ts)$|\/)|^samples(?:\.jsonl$|\/)|^sandbox(?:\.ts$|\/)|^releases\.md$/;

/**
 * Fingerprint of an automation's folder, 12 hex digits: which policy asked a question, also after it has
 * changed.
 */
export function policyVersion(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => relative(folder, join(file.parentPath, file.name)).replaceAll('\\', '/'))
    .filter((file) => !APART.test(file))
    .sort();
  const hash = createHash('sha256');
  for (const file of files)
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(folder, file)))
      .update('\0');
  return hash.digest('hex').slice(0, 12);
}
