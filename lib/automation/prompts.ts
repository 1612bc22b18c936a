import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Every version of a prompt that lies in an automation's folder: what an item began with stays runnable. */
export function promptsIn(folder: string): Record<string, string> {
  const prompts = join(folder, 'prompts');
  const files = existsSync(prompts) ? readdirSync(prompts).filter((file) => file.endsWith('.md')) : [];
  return Object.fromEntries(
    files.sort().map((file) => [file.slice(0, -'.md'.length), readFileSync(join(prompts, file), 'utf8')]),
  );
}

/** The module that stands for `@bundled/prompts` in the functions of one automation. */
export function promptsModule(folder: string): string {
  return `export const prompts = ${JSON.stringify(promptsIn(folder))};\n`;
}
