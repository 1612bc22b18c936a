import { fileURLToPath } from 'node:url';

/** Where an automation lies, unless it is told otherwise. */
export function folderOf(automation: string): string {
  return fileURLToPath(new URL(`../automations/${automation}/`, import.meta.url));
}
