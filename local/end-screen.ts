import { relative } from 'node:path';
import type { Saved } from './ministack.ts';
import type { Outputs } from './outputs.ts';
import { processTree } from './resources.ts';

export const READY = 'signalbox is ready';

export interface EndScreen {
  outputs: Outputs;
  outputsFile: string;
  /** Who answers: endpoint and models. */
  model: string;
  emulatorPid: number | undefined;
  saved: Saved | undefined;
  /** Whether a terminal holds the run, so that Ctrl-C ends it. */
  held: boolean;
}

/** Where to look, what it takes and what to try next; a screenful with what the samples print. */
export async function endScreen(screen: EndScreen): Promise<string> {
  const { outputs, outputsFile, model, held } = screen;
  const places = [
    ['mails', outputs.inboxUrl],
    ['console', outputs.consoleUrl],
    ['API', outputs.apiUrl],
    ['model', model],
    ['all addresses', `${relative(process.cwd(), outputsFile)}, with the client token`],
    ...(await whatItTakes(screen)),
  ];
  const steps = [
    ['npm run signalbox -- items', 'what became of each; status <id> tells the story of one'],
    ['npm run signalbox -- approvals', 'what waits for a person; the links are in the mails'],
    ['npm run signalbox -- --help', 'all commands'],
    ['edit automations/…', 'a prompt or a policy that is saved is live in seconds'],
    [
      held ? 'Ctrl-C' : 'npm start -- --stop',
      'stops; the next npm start goes on from here, with --fresh from nothing',
    ],
  ];
  return `\nwhere to look\n${table(places, 15)}\n\nwhat to try next\n${table(steps, 32)}\n\n${READY}\n`;
}

function table(rows: readonly string[][], width: number): string {
  return rows.map(([first = '', second = '']) => `  ${first.padEnd(width)} ${second}`).join('\n');
}

/** As far as it can be told. */
async function whatItTakes({ emulatorPid, saved }: EndScreen): Promise<string[][]> {
  const rows: string[][] = [];
  const processes = emulatorPid === undefined ? [] : await processTree(emulatorPid);
  if (processes.length > 0) {
    const bytes = processes.reduce((sum, one) => sum + one.bytes, process.memoryUsage().rss);
    rows.push([
      'memory',
      `${megabytes(bytes)} in ${processes.length + 1} processes; after a rest one worker for each function that was used`,
    ]);
  }
  if (saved)
    rows.push([
      'saved',
      `while it works, at most 15 s behind: ${megabytes(saved.bytes)} in ${saved.seconds.toFixed(1)} s, requests wait ${Math.ceil(saved.pauseMs)} ms; at rest nothing is written`,
    ]);
  return rows;
}

const megabytes = (bytes: number) => `${Math.max(1, Math.round(bytes / 1e6))} MB`;
