import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Whether the sandbox model was told what is right. The others get answers that fit their schemas, and no
 * more.
 */
export function isTaught(automation: string, root = '.'): boolean {
  return existsSync(join(root, 'automations', automation, 'sandbox.ts'));
}
