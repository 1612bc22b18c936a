import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BuildOptions } from 'esbuild';
import { type Built, build, NOWHERE } from './builds/kept.ts';

/*
 * What the function that reads documents carries beside its bundle: the program that it starts for each document, and the engines of
 * that one as their packages hold them. Nothing in it is made for one processor.
 */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PACKAGES = join(ROOT, 'node_modules');
const ENTRY = fileURLToPath(new URL('../../lambdas/read/reader.ts', import.meta.url));
const DATA = '@tesseract.js-data';

const ENGINES: readonly string[] = [
  '@embedpdf/pdfium/package.json',
  '@embedpdf/pdfium/dist/pdfium.wasm',
  'tesseract.js-core/package.json',
  'tesseract.js-core/tesseract-core-simd-lstm.js',
  'tesseract.js-core/tesseract-core-simd-lstm.wasm',
];

/** Languages that scans can be read in: each has a package, `npm install --save-exact @tesseract.js-data/deu`. */
export function installedLanguages(): string[] {
  return readdirSync(join(PACKAGES, DATA)).filter((language) =>
    existsSync(join(PACKAGES, dataFile(language))),
  );
}

const dataFile = (language: string): string =>
  `${DATA}/${language}/4.0.0_best_int/${language}.traineddata.gz`;

let made: Built | undefined;

/**
 * Writes `reader.mjs` and its engines into the directory of the bundle; about 11 MB with one language.
 * @returns the files that it is made of, relative to the root
 */
export function writeReader(directory: string, options: BuildOptions): string[] {
  const { external: _, ...bundling } = options;
  made ??= build({
    ...{ ...bundling, entryPoints: [ENTRY], bundle: true, platform: 'node', format: 'esm' },
    ...{ logLevel: 'error', absWorkingDir: ROOT, outfile: `${NOWHERE}/reader.mjs` },
  });
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'reader.mjs'), made.files['reader.mjs'] ?? '');
  const data = installedLanguages().flatMap((language) => [
    `${DATA}/${language}/package.json`,
    dataFile(language),
  ]);
  for (const file of [...ENGINES, ...data]) {
    const to = join(directory, 'node_modules', file);
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(join(PACKAGES, file), to);
  }
  const copied = [...ENGINES, ...data].map((file) => relative(ROOT, join(PACKAGES, file)));
  return [...Object.keys(made.metafile.inputs), ...copied];
}
