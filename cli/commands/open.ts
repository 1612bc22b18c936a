import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from '../../local/state.ts';
import type { Command } from '../command.ts';
import { localOutputs } from '../connect.ts';
import { UsageError } from '../errors.ts';
import { printJson, type Terminal } from '../terminal.ts';

export const open: Command = {
  name: 'open',
  summary: 'Print an address, and open it if there is a display',
  usage: `signalbox open [what]

  what  api, openapi, docs; with npm start also inbox (if left out),
        console, model and each destination`,
  example: ['open', 'inbox'],
  arguments: ['what?'],
  options: {},
  async run(input, terminal) {
    const wanted = input.argument(0);
    const places = wanted === 'docs' ? new Map([DOCS]) : await readPlaces(terminal);
    const what = wanted ?? (places.has('inbox') ? 'inbox' : 'openapi');
    const url = places.get(what);
    if (url === undefined) {
      throw new UsageError(`there is no '${what}' to open; there are: ${[...places.keys()].join(', ')}`);
    }
    if (input.json) return printJson(terminal, { what, url });
    terminal.out(url);
    terminal.openUrl(url);
  },
};

const DOCS: [string, string] = ['docs', pathToFileURL(join(ROOT, 'docs')).href];

/** @throws Unreachable if neither the environment nor `npm start` gives an address */
async function readPlaces({ env }: Terminal): Promise<Map<string, string>> {
  const api = (url: string): [string, string][] => [
    ['api', url],
    ['openapi', `${url.replace(/\/+$/, '')}/openapi.json`],
  ];
  const { SIGNALBOX_API_URL: url } = env;
  if (url) return new Map([...api(url), DOCS]);
  const outputs = await localOutputs();
  const destinations = Object.entries(outputs.destinations).map(([name, at]): [string, string] => [
    name,
    `${at}/calls`,
  ]);
  return new Map([
    ['inbox', outputs.inboxUrl],
    ['console', outputs.consoleUrl],
    ...api(outputs.apiUrl),
    DOCS,
    ['model', `${outputs.sandboxModelUrl}/calls`],
    ...destinations,
  ]);
}
