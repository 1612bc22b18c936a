import { basename, resolve } from 'node:path';
import { type BuildFailure, build, formatMessages, type Metafile, stop } from 'esbuild';
import { BUNDLING, isInParts, PARTS } from '../../lib/parts/bundling.ts';
import type { LiveFunction } from './functions.ts';

export interface Bundle {
  code: Uint8Array;
  /** What lies beside it, by name: what it loads later. */
  parts: Readonly<Record<string, Uint8Array>>;
  /** Every file that it is made of, and that could come to be part of it: absolute paths. */
  files: ReadonlySet<string>;
}

export interface Bundles {
  bundles: Map<LiveFunction, Bundle>;
  /** A source with all that it imports, as far as it is part of a bundle. */
  behind(file: string): Set<string>;
}

/** Of several applications that one process has up, as tests do. */
let underWay = 0;

/** The sources do not bundle. The message is the compiler's own, with file and line. */
export class BundleError extends Error {}

/**
 * Bundles the functions of one pass (see `passesOf`), byte for byte as the CDK does.
 * @throws BundleError for a source with an error
 */
export async function bundle(pass: readonly LiveFunction[], root: string): Promise<Bundles> {
  const inParts = pass.filter(({ source }) => isInParts(source.entry));
  const whole = pass.filter((member) => !inParts.includes(member));
  // What two of them share would become a part of both.
  const groups = [...(whole.length > 0 ? [whole] : []), ...inParts.map((member) => [member])];
  underWay += 1;
  try {
    const made: Bundles[] = [];
    for (const group of groups) made.push(await together(group, root));
    return {
      bundles: new Map(made.flatMap(({ bundles }) => [...bundles])),
      behind: (file) => new Set(made.flatMap(({ behind }) => [...behind(file)])),
    };
  } finally {
    underWay -= 1;
    // Its process would keep hundreds of megabytes for as long as the application is up. All share it, and what it is asked when it ends
    // is never answered.
    if (underWay === 0) stop();
  }
}

async function together(pass: readonly LiveFunction[], root: string): Promise<Bundles> {
  const modules = Object.assign({}, ...pass.map(({ source }) => source.modules)) as Record<string, string>;
  try {
    const { outputFiles, metafile } = await build({
      ...BUNDLING,
      ...{ bundle: true, platform: 'node', format: 'esm', write: false, metafile: true, logLevel: 'silent' },
      ...(isInParts(pass[0]?.source.entry ?? '') ? PARTS : { outExtension: { '.js': '.mjs' } }),
      entryPoints: pass.map(({ source }, index) => ({ in: source.entry, out: nameOf(index) })),
      ...{ outdir: '/bundles', absWorkingDir: root, alias: modules },
    });
    const bundles = new Map(
      pass.map((member, index) => {
        const code = outputFiles.find(({ path }) => basename(path) === `${nameOf(index)}.mjs`)?.contents;
        if (!code) throw new Error(`esbuild gave no bundle of ${member.source.entry}`);
        const parts = Object.fromEntries(
          outputFiles.flatMap(({ path, contents }) =>
            /^part-/.test(basename(path)) ? [[basename(path), contents]] : [],
          ),
        );
        return [member, { code, parts, files: filesBehind(member.source.entry, metafile, root) }];
      }),
    );
    return { bundles, behind: (file) => filesBehind(file, metafile, root) };
  } catch (error) {
    if (!(error instanceof Error && 'errors' in error)) throw error;
    const { errors } = error as BuildFailure;
    const told = await formatMessages(errors, { kind: 'error', color: false });
    throw new BundleError(told.map((text) => text.trimEnd()).join('\n'));
  }
}

const nameOf = (index: number) => (index === 0 ? 'index' : `index${index}`);

/** Follows the imports: what adds no byte today does so after its next change. */
function filesBehind(entry: string, { inputs }: Metafile, root: string): Set<string> {
  const byPath = new Map(Object.keys(inputs).map((path) => [resolve(root, path), path]));
  const files = new Set<string>();
  const open = [resolve(entry)];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    const input = inputs[byPath.get(file) ?? ''];
    if (!input || files.has(file)) continue;
    files.add(file);
    for (const { path, external } of input.imports) if (!external) open.push(resolve(root, path));
  }
  return files;
}
