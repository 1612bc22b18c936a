import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { build, transform } from 'esbuild';

/*
 * What a file can reach out by: every module that it imports, directly or not, and the globals that its own
 * code uses.
 */

/** What opens a connection, starts a process, or gets at either by another name. */
const GLOBALS = [
  ...['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest', 'navigator', 'process', 'require'],
  ...['globalThis', 'global', 'eval', 'Function'],
];
const MARK = 'signalbox_reaches_out_by_';
/** Packages may ask what they run in; none may connect. */
const OF_PACKAGES = GLOBALS.slice(0, 4);

/**
 * Every way out of the code below `entry`, as `file: by what`; empty where there is none. `root` is where its
 * repository lies.
 */
export async function waysOut(entry: string, root: string): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    ...{ bundle: true, write: false, metafile: true, platform: 'node', format: 'esm', outdir: 'out' },
    loader: { '.md': 'text' },
    logLevel: 'silent',
    mainFields: ['module', 'main'],
  });
  const found: string[] = [];
  for (const [file, { imports }] of Object.entries(metafile.inputs)) {
    const ours = !file.includes('node_modules/');
    const external = imports.filter((it) => it.external).map((it) => it.path);
    found.push(...external.filter((path) => !path.startsWith('<')).map((path) => `${file}: imports ${path}`));
    if (ours) found.push(...packagesOf(imports).map((path) => `${file}: imports ${path}`));
    if (/\.[cm]?[jt]s$/.test(file))
      found.push(...(await globalsIn(`${root}/${file}`, ours)).map((it) => `${file}: ${it}`));
  }
  return [...new Set(found)].map((it) => relative('.', it));
}

/** Thinking needs no package but the one that says what an answer looks like. */
function packagesOf(imports: readonly { path: string; original?: string | undefined }[]): string[] {
  return imports.flatMap(({ original = '' }) => (/^\.|^zod(?:\/|$)|^$/.test(original) ? [] : [original]));
}

/** Global names that the code uses, and no local ones of the same spelling: the bundler tells them apart. */
async function globalsIn(path: string, ours: boolean): Promise<string[]> {
  const names = ours ? GLOBALS : OF_PACKAGES;
  const { code } = await transform(readFileSync(path, 'utf8'), {
    loader: path.endsWith('.ts') ? 'ts' : 'js',
    define: Object.fromEntries(names.map((name) => [name, MARK + name])),
    // Comments go, and with them what they say.
    minifyWhitespace: true,
    logLevel: 'silent',
  });
  const used = names.filter((name) => code.includes(MARK + name)).map((name) => `uses ${name}`);
  return ours && /\bimport\(/.test(code) ? [...used, 'imports by a name that is made at run time'] : used;
}
