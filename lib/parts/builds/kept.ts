import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { type BuildOptions, buildSync, type Metafile, version } from 'esbuild';

/**
 * `npm test` synthesises the application again and again, and bundling is three quarters of each. Where this variable names a folder,
 * what was built is kept there, and used again while every file behind it is the same, also for a copy of the repository.
 */
export const KEPT_BUILDS = 'SIGNALBOX_KEPT_BUILDS';

export interface Built {
  /** By the name of the file. */
  files: Readonly<Record<string, Uint8Array>>;
  metafile: Metafile;
}

/** Below which the bundler sees its output: nothing is written there. */
export const NOWHERE = '/bundles';

/** `absWorkingDir` ends with a slash. */
type Options = BuildOptions & { absWorkingDir: string };

/** @throws BuildFailure of esbuild, whose report is on stderr by then */
export function build(options: Options): Built {
  const home = process.env[KEPT_BUILDS];
  if (!home) return builtNow(options);
  const folder = join(home, keyOf(options));
  mkdirSync(folder, { recursive: true });
  for (;;) {
    const kept = keptIn(folder, options.absWorkingDir);
    if (kept) return kept;
    if (claim(folder)) break;
  }
  try {
    const built = builtNow(options);
    keep(folder, built, options);
    return built;
  } finally {
    rmSync(claimOf(folder), { recursive: true, force: true });
  }
}

/** Several syntheses often begin together, and go through the functions in the same order. */
const claimOf = (folder: string) => `${folder}.claim`;
/** Whoever has not built by then was killed, or it does no harm to build beside it. */
const PATIENCE_MS = 20_000;
const LOOK_MS = 25;

/** Making the folder is what only one can do. @returns false once another one has built */
function claim(folder: string): boolean {
  const path = claimOf(folder);
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  for (;;) {
    const made = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (made === undefined) return false;
    if (Date.now() - made > PATIENCE_MS) return true;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_MS);
  }
}

function builtNow(options: Options): Built {
  const { outputFiles, metafile } = buildSync({ ...options, write: false, metafile: true });
  const files = Object.fromEntries(outputFiles.map(({ path, contents }) => [basename(path), contents]));
  return { files, metafile };
}

/** Modules that are made at synth lie somewhere else each time: they count by what they say. */
function keyOf(options: Options): string {
  const { absWorkingDir: root, alias = {}, ...others } = options;
  const made = madeAtSynth(options);
  const modules = Object.entries(alias).map(([name, file]) => [
    name,
    made.has(file) ? readFileSync(file, 'utf8') : file,
  ]);
  return digest(JSON.stringify([version, others, modules]).replaceAll(root, '<root>/'));
}

const madeAtSynth = ({ alias = {}, absWorkingDir: root }: Options) =>
  new Set(Object.values(alias).filter((file) => !file.startsWith(root)));

interface Manifest {
  metafile: Metafile;
  /** The digest of every file that was read, by its path from the root; without those in the key. */
  inputs: Record<string, string>;
}

const MANIFEST = 'manifest.json';
const FILES = 'files';

/** The one that was built of these very files. */
function keptIn(folder: string, root: string): Built | undefined {
  for (const name of readdirSync(folder)) {
    const home = join(folder, name);
    const { metafile, inputs } = JSON.parse(readFileSync(join(home, MANIFEST), 'utf8')) as Manifest;
    if (Object.entries(inputs).some(([file, known]) => digestOf(resolve(root, file)) !== known)) continue;
    const files = readdirSync(join(home, FILES)).map((file) => [file, readFileSync(join(home, FILES, file))]);
    return { files: Object.fromEntries(files), metafile };
  }
  return undefined;
}

/** Others may keep the same at the same time: a folder comes to its place whole. */
function keep(folder: string, { files, metafile }: Built, options: Options): void {
  const root = options.absWorkingDir;
  const made = madeAtSynth(options);
  const isMade = (file: string) => made.has(resolve(root, file));
  // A part is named by where its modules lie, too: elsewhere it would have another name.
  const parts = Object.entries(metafile.outputs).filter(([path]) => basename(path).startsWith('part-'));
  if (parts.some(([, { inputs }]) => Object.keys(inputs).some(isMade))) return;
  const read = Object.keys(metafile.inputs).filter((file) => !file.startsWith('<') && !isMade(file));
  const inputs = Object.fromEntries(read.map((file) => [file, digestOf(resolve(root, file))]));
  const draft = mkdtempSync(`${folder}-`);
  mkdirSync(join(draft, FILES));
  for (const [name, contents] of Object.entries(files)) writeFileSync(join(draft, FILES, name), contents);
  writeFileSync(join(draft, MANIFEST), JSON.stringify({ metafile, inputs }));
  const place = join(folder, digest(JSON.stringify(inputs)));
  if (existsSync(place)) rmSync(draft, { recursive: true });
  else renameSync(draft, place);
}

const digest = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex');

/** By path; a file that was written since is another one. */
const known = new Map<string, { written: number; size: number; digest: string }>();

/** Undefined where there is no such file. */
function digestOf(path: string): string | undefined {
  const { mtimeMs: written = 0, size = 0 } = statSync(path, { throwIfNoEntry: false }) ?? {};
  if (!written) return undefined;
  const last = known.get(path);
  if (last?.written === written && last.size === size) return last.digest;
  const now = { written, size, digest: digest(readFileSync(path)) };
  known.set(path, now);
  return now.digest;
}
