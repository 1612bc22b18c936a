import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Automation } from '../../lambdas/contract/automation.ts';
import type { HandlerName } from '../../lambdas/contract/env.ts';
import { folderOf } from '../automation/automation-folder.ts';
import { promptsModule } from '../automation/prompts.ts';
import type { ResolvedConfig } from '../config.ts';
import { approvalSettings } from './approval-settings.ts';
import { startOf, UNREACHED } from './bundling.ts';
import { knowledgeModule } from './knowledge.ts';
import { endpointsOf, neighboursOf } from './neighbours.ts';
import { outlineOf, registryEntry } from './registry.ts';

/** Of one automation, or of all. `lambdas/contract/bundled.d.ts` declares each to the functions. */
type OwnModule = 'automation' | 'implementation' | 'knowledge' | 'prompts';
type SharedModule =
  | 'registry'
  | 'outlines'
  | 'declarations'
  | 'declared'
  | 'settings'
  | 'endpoints'
  | 'neighbours';

/**
 * Which function carries which module, as `@bundled/<module>`. One that imports another does not bundle, and
 * a test finds what is carried and not imported.
 */
export const CARRIED = {
  'api/api': ['registry', 'settings', 'neighbours'],
  'api/mcp': ['registry'],
  'operate/commands': ['registry', 'neighbours', 'declared', 'endpoints'],
  'operate/redrives': ['registry', 'settings', 'neighbours'],
  'operate/alarms': ['settings'],
  'operate/report': ['registry', 'settings'],
  'operate/erase': ['registry'],
  'operate/probe': ['endpoints'],
  'intake/intake': ['automation'],
  'intake/doors': ['automation'],
  'intake/forward': ['automation'],
  'process/process': ['automation', 'implementation', 'endpoints', 'knowledge', 'prompts'],
  'models/batch': ['automation', 'endpoints'],
  'operate/verify': ['registry'],
  'read/read': ['automation'],
  'operate/surrogates': ['automation'],
  'act/act': ['automation'],
  'approve/ask': ['settings'],
  'approve/page': ['settings', 'declared'],
  'approve/slack': ['settings'],
  'approve/timekeeper': ['settings', 'outlines', 'declared'],
  'console/console': ['settings', 'outlines', 'declared', 'declarations', 'neighbours'],
  'api/authorize': [],
  'approve/on-change': [],
  'record/publish': [],
  'record/mail-events': [],
  'record/outcomes': ['registry'],
  'keys/derive': [],
  'record/archive': [],
  'record/callback': [],
} as const satisfies Readonly<Record<HandlerName, readonly (OwnModule | SharedModule)[]>>;

/** Functions of an automation's slice. */
export type OwnHandler = {
  [H in HandlerName]: Extract<(typeof CARRIED)[H][number], OwnModule> extends never ? never : H;
}[HandlerName];

/** The file of each module that is made at synth. */
export type Bundled = Readonly<Record<SharedModule, string>> & {
  /** The folder of the indexes of automations, a module by the automation's name. */
  knowledge: string;
  /** The folder of the prompts of automations, likewise. */
  prompts: string;
};

/** Writes the modules of all automations, once for all functions. */
export function writeBundled(
  directory: string,
  given: { automations: readonly Automation[]; config: ResolvedConfig; environment: string },
): Bundled {
  const { automations, config, environment } = given;
  mkdirSync(directory, { recursive: true });
  const write = (module: SharedModule, code: string): string => {
    const file = join(resolve(directory), `${module}.mjs`);
    writeFileSync(file, code);
    return file;
  };
  const data = (module: SharedModule, value: unknown) =>
    write(module, `export const ${module} = ${JSON.stringify(value)};\n`);
  return {
    registry: data('registry', automations.map(registryEntry)),
    outlines: data('outlines', automations.map(outlineOf)),
    settings: data('settings', approvalSettings(config)),
    endpoints: data('endpoints', endpointsOf(config, environment)),
    neighbours: data('neighbours', neighboursOf(config)),
    declarations: write('declarations', declarations(automations)),
    declared: write('declared', declared(automations)),
    knowledge: each(join(resolve(directory), 'knowledge'), automations, knowledgeModule),
    prompts: each(join(resolve(directory), 'prompts'), automations, (_, folder) => promptsModule(folder)),
  };
}

/** A module for each automation, also where it holds nothing: one entry file serves all. */
function each(
  directory: string,
  automations: readonly Automation[],
  moduleOf: (automation: Automation, folder: string) => string,
): string {
  mkdirSync(directory, { recursive: true });
  for (const automation of automations)
    writeFileSync(join(directory, `${automation.name}.mjs`), moduleOf(automation, folderOf(automation.name)));
  return directory;
}

function declarations(automations: readonly Automation[]): string {
  const imports = automations.map(
    ({ name }, at) =>
      `import { automation as a${at} } from ${JSON.stringify(join(folderOf(name), 'automation.ts'))};\n`,
  );
  return `${imports.join('')}export const automations = [${automations.map((_, at) => `a${at}`).join(', ')}];\n`;
}

/** Each in a part of its own, read when somebody asks for it. */
function declared(automations: readonly Automation[]): string {
  const ways = automations.map(
    ({ name }) =>
      `  ${JSON.stringify(name)}: () => import(${JSON.stringify(join(folderOf(name), 'automation.ts'))}),\n`,
  );
  return `const parts = {\n${ways.join('')}};\nexport const declarationOf = async (name) => Object.hasOwn(parts, name) ? (await parts[name]()).automation : undefined;\n`;
}

/** What stands for each module in the bundle of a function. @param folder of its automation */
export function modulesOf(handler: HandlerName, bundled: Bundled, folder = ''): Record<string, string> {
  const own = {
    ...{ automation: `${folder}automation.ts`, implementation: `${folder}evaluate.ts` },
    knowledge: join(bundled.knowledge, `${basename(folder)}.mjs`),
    prompts: join(bundled.prompts, `${basename(folder)}.mjs`),
  };
  const files = { ...bundled, ...own };
  const carried = CARRIED[handler].map((module) => [`@bundled/${module}`, files[module]]);
  return { ...Object.fromEntries(carried), ...startOf(handler), ...UNREACHED };
}
