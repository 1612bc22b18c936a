import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { write } from './followed.ts';
import { copyOf } from './small.ts';

/*
 * A copy of the repository that deploys `support-triage` and one more automation, which does what its item asks for: a mail, a message
 * in Slack, an event, an item of the other, or parts of its own.
 */

export const SWITCH = 'switch';
const SUPPORT = 'support-triage';
const FILES = ['automation.ts', 'evaluate.ts', 'sandbox.ts', 'prompts/route.v1.md', 'prompts/route.v2.md'];

const DESTINATIONS = `
    'switch-mail': { connector: 'email', from: 'switch@example.com' },
    'switch-channel': { connector: 'slack', channel: 'C02SWITCH', secret: 'signalbox/slack-posts' },
    'switch-events': { connector: 'event', source: 'switch.test' },
    'switch-parts': { connector: 'forward', automation: '${SWITCH}' },
    'to-support': { connector: 'forward', automation: '${SUPPORT}' },`;

/** @returns the path of the copy; whoever asked for it removes it */
export function withSwitch(): string {
  const root = copyOf(SWITCH, SUPPORT);
  try {
    const folder = join(root, 'automations', SWITCH);
    for (const file of FILES) {
      const text = readFileSync(new URL(`switch/${file}`, import.meta.url), 'utf8');
      // It lies one folder deeper here than there.
      write(join(folder, file), text.replaceAll("'../../../", "'../../"));
    }
    const file = join(root, 'signalbox.config.ts');
    const config = readFileSync(file, 'utf8');
    writeFileSync(file, config.replace('  destinations: {', `  destinations: {${DESTINATIONS}`));
    return root;
  } catch (error) {
    rmSync(root, { recursive: true });
    throw error;
  }
}
