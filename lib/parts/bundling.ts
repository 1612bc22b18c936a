import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BuildOptions, Metafile } from 'esbuild';
import type { HandlerName } from '../../lambdas/contract/env.ts';
import { build, NOWHERE } from './builds/kept.ts';
import { writeReader } from './reader-bundle.ts';

/*
 * In a Lambda the credentials always come from the environment. The other ways of finding some are loaded
 * only when that one fails, and would be a third of every bundle.
 */
const NEVER_LOADED = ['sso', 'ini', 'process', 'web-identity', 'http', 'login'].map(
  (way) => `@aws-sdk/credential-provider-${way}`,
);

/**
 * Packages in a file of their own beside the bundle, which these functions load when they first need them: large ones, without which
 * an instance can begin. A test holds it to what they import.
 */
const APART: Partial<Record<HandlerName, readonly string[]>> = {
  'models/batch': ['openai'],
  'process/process': ['openai'],
  'operate/probe': ['openai'],
};

/**
 * Functions with code of ours that few instances need: what they `import()` lies in files beside `index.mjs`, and is read when it is
 * first needed. In one file esbuild would wrap each module for it, and the file would be the larger for it. Each has a module here
 * that imports nearly all that is read at the start: what is loaded apart imports it as `#start` (`lambdas/kit/parts/start.ts`, ADR 0120).
 */
const IN_PARTS: Partial<Record<HandlerName, string>> = {
  'api/api': 'api/api.ts',
  'approve/page': 'approve/channels/page/page.ts',
  'approve/timekeeper': 'approve/timekeeper.ts',
  'console/console': 'console/console.ts',
  'intake/doors': 'intake/doors/arrive.ts',
  'operate/commands': 'operate/commands.ts',
  'process/process': 'process/parts/start.ts',
  'record/archive': 'record/archive.ts',
};

/** Whether the bundle of this entry file has parts. */
export const isInParts = (entry: string): boolean =>
  Object.keys(IN_PARTS).some((name) => entry.endsWith(`/lambdas/${name}.lambda.ts`));

/** What stands for `#start` in the bundle of a function. */
export function startOf(handler: HandlerName): Record<string, string> {
  const start = IN_PARTS[handler];
  return start === undefined ? {} : { '#start': `${ROOT}lambdas/${start}` };
}

/** How a bundle in parts is laid out: `index.mjs` and `part-<hash>.mjs`. */
export const PARTS = {
  ...{ splitting: true, chunkNames: 'part-[hash]', outExtension: { '.js': '.mjs' } },
} satisfies BuildOptions;

/** The function that starts `lambdas/read/reader.ts` for each document. */
const READS = 'read/read';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * How every function is bundled: by the CDK at synth, and by `npm start` when a source changes. A test holds
 * both to the same bytes.
 */
export const BUNDLING = {
  target: 'node24',
  minify: true,
  mainFields: ['module', 'main'],
  external: [
    ...NEVER_LOADED,
    '@smithy/credential-provider-imds',
    // For operations that stream events: none of ours does.
    '@smithy/core/event-streams',
    // Tells browsers apart, for the SDK's user agent in one of them.
    'bowser',
    ...new Set(Object.values(APART).flat()),
  ],
  loader: { '.md': 'text' },
} satisfies BuildOptions;

/**
 * What stands for modules of packages that nothing of ours reaches, and that bundles would carry because the entry of their package
 * names them: with the reading of HTML comes its writing, and two tables of entities; with the Model Context Protocol a validator of JSON Schema,
for questions to the caller that `api/mcp` never asks.
 */
export const UNREACHED: Readonly<Record<string, string>> = Object.fromEntries(
  ['domutils', '@modelcontextprotocol/server/_shims'].map((name) => [
    name,
    fileURLToPath(new URL('unreached.cjs', import.meta.url)),
  ]),
);

/**
 * Bundles a function into a directory. The CDK would start npm for each of them: half a second of a core that has nothing to do
 * with it, and a line that nobody needs.
 * @returns the files whose code it carries, relative to the root
 * @throws BuildFailure of esbuild, whose report is on stderr by then
 */
export function bundleInto(directory: string, handler: HandlerName, source: BundleSource): string[] {
  const { files, metafile } = build({
    ...{ ...BUNDLING, bundle: true, platform: 'node', format: 'esm', absWorkingDir: ROOT },
    ...{ ...outputOf(source.entry, NOWHERE), alias: { ...source.modules } },
    // Without it esbuild marks large bundles with a sign of warning, on every synth.
    logLevel: 'warning',
  });
  mkdirSync(directory, { recursive: true });
  for (const [name, code] of Object.entries(files)) writeFileSync(join(directory, name), code);
  return [...carriedIn(metafile), ...writeApart(handler, directory)];
}

/** What of the files that were read is in the output: the rest was not needed. */
export function carriedIn({ outputs }: Metafile): string[] {
  const parts = Object.values(outputs).flatMap(({ inputs }) => Object.entries(inputs));
  return [...new Set(parts.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([file]) => file))];
}

/** Where the bundle of an entry file goes. */
export function outputOf(entry: string, directory: string): BuildOptions {
  return isInParts(entry)
    ? { ...PARTS, entryPoints: [{ in: entry, out: 'index' }], outdir: directory }
    : { entryPoints: [entry], outfile: join(directory, 'index.mjs') };
}

/** Puts into the directory of a function's bundle what it loads apart. @returns the files whose code that is */
export function writeApart(handler: HandlerName | typeof READS, directory: string): string[] {
  const carried = handler === READS ? writeReader(directory, BUNDLING) : [];
  for (const name of APART[handler as HandlerName] ?? []) {
    const home = join(directory, 'node_modules', name);
    mkdirSync(home, { recursive: true });
    const { code, files } = apart(name);
    carried.push(...files);
    writeFileSync(join(home, 'index.mjs'), code);
    writeFileSync(join(home, 'package.json'), '{"type":"module","exports":"./index.mjs"}\n');
  }
  return carried;
}

interface Apart {
  code: Uint8Array;
  files: readonly string[];
}

const made = new Map<string, Apart>();

function apart(name: string): Apart {
  const { external: _, ...options } = BUNDLING;
  const known = made.get(name);
  if (known) return known;
  const { files, metafile } = build({
    ...{ ...options, stdin: { contents: `export { default } from '${name}';`, resolveDir: ROOT } },
    ...{ bundle: true, platform: 'node', format: 'esm', logLevel: 'error' },
    ...{ absWorkingDir: ROOT, outfile: `${NOWHERE}/index.mjs` },
  });
  const built = { code: files['index.mjs'] ?? new Uint8Array(), files: carriedIn(metafile) };
  made.set(name, built);
  return built;
}

/** Resource metadata of a local function: what its bundle is made of. */
export const BUNDLE_METADATA = 'signalbox:bundle';

/** What `BUNDLE_METADATA` holds. */
export interface BundleSource {
  /** The entry file, an absolute path. */
  entry: string;
  /** The file that stands for each bundled module. */
  modules: Readonly<Record<string, string>>;
}
