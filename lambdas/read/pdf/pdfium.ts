import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { init, type WrappedPdfiumModule } from '@embedpdf/pdfium';

/* PDFium as WebAssembly, loaded once in a process. What it allocates is freed by whoever asked for it. */

export type Pdfium = WrappedPdfiumModule;

let engine: Promise<Pdfium> | undefined;

export function pdfium(): Promise<Pdfium> {
  engine ??= load();
  return engine;
}

async function load(): Promise<Pdfium> {
  const path = createRequire(import.meta.url).resolve('@embedpdf/pdfium/pdfium.wasm');
  const file = readFileSync(path);
  const wasmBinary = file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength) as ArrayBuffer;
  const module = await init({ wasmBinary });
  module.PDFiumExt_Init();
  return module;
}

/** Memory of the engine for as long as `use` runs. */
export function withMemory<T>(engine: Pdfium, bytes: number, use: (at: number) => T): T {
  const at = engine.pdfium.wasmExports.malloc(bytes);
  if (!at) throw new RangeError('PDFium has no memory left');
  try {
    return use(at);
  } finally {
    engine.pdfium.wasmExports.free(at);
  }
}

/** The engine's memory as it is now: it moves when it grows. */
export const memory = ({ pdfium }: Pdfium): Uint8Array<ArrayBuffer> =>
  (pdfium as unknown as { HEAPU8: Uint8Array<ArrayBuffer> }).HEAPU8;

/** Calls what fills a buffer of UTF-16 and says how long it is, in bytes, its end included. */
export function utf16(engine: Pdfium, fill: (buffer: number, length: number) => number): string {
  const length = fill(0, 0);
  if (length <= 2 || length > 1_000_000) return '';
  return withMemory(engine, length, (at) => {
    fill(at, length);
    return Buffer.from(memory(engine).buffer, at, length - 2).toString('utf16le');
  });
}
