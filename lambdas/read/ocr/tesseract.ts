import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gunzipSync } from 'node:zlib';
import type { Bitmap } from '../pdf/render.ts';

/*
 * Tesseract as WebAssembly, in this process and without the network: its data comes from packages. One engine for each set of
 * languages; a page takes about a second.
 */

export interface Recognised {
  text: string;
  /** In pixels. */
  box: { x: number; y: number; width: number; height: number };
  /** From 0 to 1. */
  confidence: number;
}

export interface Ocr {
  /** Of a page, or of words that stand in lines. */
  read(bitmap: Bitmap, dpi: number, layout?: 'page' | 'lines'): Recognised[];
  /** A picture in another format (WebP, GIF, BMP) as PNG. Undefined if it is none. */
  toPng(picture: Uint8Array): Uint8Array | undefined;
}

/** As much of Tesseract's interface as is used. */
interface Core {
  FS: {
    writeFile(path: string, content: Uint8Array): void;
    readFile(path: string): Uint8Array;
    unlink(path: string): void;
    readdir(path: string): string[];
  };
  TessBaseAPI: new () => Api;
}
interface Api {
  Init(path: string, languages: string, mode: number): number;
  SetVariable(name: string, value: string): boolean;
  SetPageSegMode(mode: number): void;
  SetSourceResolution(dpi: number): void;
  /** Reads the file `/input`; 0 if it could. Whatever that one is, it is decoded in the engine. */
  SetImageFile(exif: number, angle: number, upscale: boolean): number;
  /** Writes the file `/image.png`. */
  WriteImage(kind: number): void;
  Recognize(monitor: null): number;
  GetTSVText(page: number): string;
  Clear(): void;
}
type Load = (options: object) => Promise<Core>;

/** Its files lie in their packages, of the project or beside the bundle. */
const load = createRequire(import.meta.url);
const NEURAL = 1;
/** Finds the blocks of a page itself. */
const AUTOMATIC = 3;
const ONE_BLOCK = 6;

const engines = new Map<string, Promise<Ocr>>();

/** Of the languages as the OCR data names them, `eng`; their packages are there. */
export function ocrOf(languages: readonly string[]): Promise<Ocr> {
  const key = languages.join('+');
  const engine = engines.get(key) ?? started(languages);
  engines.set(key, engine);
  return engine;
}

/** The data of a language, in its package. */
export const dataOf = (language: string): string =>
  `@tesseract.js-data/${language}/4.0.0_best_int/${language}.traineddata.gz`;

async function started(languages: readonly string[]): Promise<Ocr> {
  const core = await (load('tesseract.js-core/tesseract-core-simd-lstm.js') as Load)({
    wasmBinary: readFileSync(load.resolve('tesseract.js-core/tesseract-core-simd-lstm.wasm')),
    // What it prints may hold words of the page.
    print: () => undefined,
    printErr: () => undefined,
    TesseractProgress: () => undefined,
  });
  for (const language of languages)
    core.FS.writeFile(`/${language}.traineddata`, gunzipSync(readFileSync(load.resolve(dataOf(language)))));
  const api = new core.TessBaseAPI();
  if (api.Init('/', languages.join('+'), NEURAL) !== 0) throw new Error('the OCR engine does not start');
  return {
    read(bitmap, dpi, layout = 'page') {
      api.SetPageSegMode(layout === 'page' ? AUTOMATIC : ONE_BLOCK);
      core.FS.writeFile(INPUT, asPgm(bitmap));
      try {
        if (api.SetImageFile(UPRIGHT, 0, false) !== 0) throw new RangeError('Tesseract has no memory left');
        api.SetSourceResolution(dpi);
        api.Recognize(null);
        return wordsIn(api.GetTSVText(0));
      } finally {
        tidy(core, api);
      }
    },
    toPng: (picture) => converted(core, api, picture),
  };
}

const INPUT = '/input';
const OUTPUT = '/image.png';
/** As EXIF counts. */
const UPRIGHT = 1;
const AS_IT_IS = 0;

/** The simplest of formats: a line of text, then the pixels. */
const asPgm = ({ width, height, data }: Bitmap): Uint8Array =>
  Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`), data]);

function converted(core: Core, api: Api, picture: Uint8Array): Uint8Array | undefined {
  core.FS.writeFile(INPUT, picture);
  try {
    if (api.SetImageFile(UPRIGHT, 0, false) !== 0) return undefined;
    api.WriteImage(AS_IT_IS);
    return core.FS.readdir('/').includes(OUTPUT.slice(1)) ? core.FS.readFile(OUTPUT) : undefined;
  } finally {
    tidy(core, api);
  }
}

/** Pages do not stay in the memory of the engine. */
function tidy(core: Core, api: Api): void {
  api.Clear();
  const left = core.FS.readdir('/');
  for (const path of [INPUT, OUTPUT]) if (left.includes(path.slice(1))) core.FS.unlink(path);
}

const WORD = '5';

function wordsIn(table: string): Recognised[] {
  return table.split('\n').flatMap((row) => {
    const [level, , , , , , x, y, width, height, confidence, text = ''] = row.split('\t');
    if (level !== WORD || !text.trim()) return [];
    const box = { x: Number(x), y: Number(y), width: Number(width), height: Number(height) };
    return [{ text: text.trim(), box, confidence: Math.max(0, Number(confidence)) / 100 }];
  });
}
