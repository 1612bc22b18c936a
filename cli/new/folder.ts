import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { agentPrompt } from './agent.ts';
import { actsAlone, declaration } from './declaration.ts';
import { article, citationFor } from './knowledge.ts';
import { lookups } from './lookup.ts';
import { AUTOMATIC_TEXT, OTHER_TEXT, textAbout } from './text.ts';
import { checkPrompt, routePrompt, sandboxKnowledge, thinking } from './thinking.ts';
import type { Wanted } from './wanted.ts';

/** The files of a new automation, by path in its folder. */
export function folderFor(wanted: Wanted, today: string): Record<string, string> {
  const asked = lookups(wanted);
  return {
    'automation.ts': declaration(wanted, today),
    'evaluate.ts': thinking(wanted),
    ...(asked === undefined ? {} : { 'lookups.ts': asked }),
    'prompts/route.v1.md': routePrompt(wanted),
    'prompts/check.v1.md': checkPrompt(wanted),
    ...agentPrompt(wanted),
    ...article(wanted),
    'cases.jsonl': cases(wanted),
    'sandbox.ts': sandboxKnowledge(wanted),
  };
}

/** Makes the folder whole or not at all. `finish` works on what was written. */
export async function makeFolder(
  at: string,
  files: Readonly<Record<string, string>>,
  finish: () => Promise<void>,
): Promise<void> {
  await mkdir(dirname(at), { recursive: true });
  await mkdir(at);
  try {
    for (const [file, text] of Object.entries(files)) {
      await mkdir(dirname(join(at, file)), { recursive: true });
      await writeFile(join(at, file), text);
    }
    await finish();
  } catch (error) {
    await rm(at, { recursive: true, force: true });
    throw error;
  }
}

/** One for each label, and one that nobody waits for. */
function cases(wanted: Wanted): string {
  const [other, verdict] = ['other', actsAlone(wanted) ? 'act' : 'ask'];
  const all = [
    ...wanted.labels.map((label) => {
      const text = textAbout(label);
      const cited = citationFor(wanted, label, text);
      const expects = cited === undefined ? {} : { expects: { cites: [cited] } };
      return { name: label.toLowerCase(), text, label, verdict, ...expects };
    }),
    { name: 'none of these', text: OTHER_TEXT, label: other, verdict: 'ask' },
    { name: 'an automatic reply', text: AUTOMATIC_TEXT, label: other, verdict: 'refuse' },
  ];
  return all
    .map(({ name, text, ...expected }, index) =>
      JSON.stringify({ name, body: { reference: `C-${index + 1}`, text }, ...expected }),
    )
    .join('\n')
    .concat('\n');
}
