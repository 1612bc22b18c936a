import { readFileSync } from 'node:fs';
import { findAutomations } from '../../lib/automation/automation-folder.ts';
import { type Config, defineConfig } from '../../lib/config.ts';
import root from '../../signalbox.config.ts';

/*
 * The configuration of the root for the lines that the README names, without what only others need: so `docs/capacity.md` says the same
 * where a team has added automations.
 */

const [, lines = ''] = readFileSync('README.md', 'utf8').split('\n| line |');
const named = [...lines.matchAll(/^\| \[`([\w-]+)`\]\(automations\//gm)].map(([, name]) => name);
const all = await findAutomations();
const shipped = all.filter(({ name }) => named.includes(name) && !root.omit?.includes(name));

const destinations = new Set(
  shipped.flatMap(({ actions }) => Object.values(actions).map(({ destination }) => destination)),
);
const sources = new Set(
  shipped.flatMap(({ lookups = {}, doors }) =>
    [...Object.values(lookups), ...Object.values(doors?.schedules ?? {})].map(({ source }) => source),
  ),
);

const only = <T>(of: Readonly<Record<string, T>>, names: ReadonlySet<string>): Record<string, T> =>
  Object.fromEntries(Object.entries(of).filter(([name]) => names.has(name)));

const config: Config = defineConfig({
  ...root,
  omit: all.filter((it) => !shipped.includes(it)).map(({ name }) => name),
  destinations: only(root.destinations, destinations),
  sources: only(root.sources ?? {}, sources),
});

export default config;
