import { MOST_PARTS, MOST_UNPACKED } from '../bounds.ts';
import { Refused } from '../refusal.ts';
import { lookInto } from './names.ts';
import { memory, type Pdfium, pdfium, utf16, withMemory } from './pdfium.ts';

/* A PDF that is open: its pages one after the other, its attachments, and what it would do if one let it. */

const PASSWORD = 4;
const SECURITY = 5;
/** In points: a page of PDF 1.x is at most 200 inches wide. Larger ones are shown smaller. */
const LARGEST_PAGE = 14_400;
const LARGEST_ATTACHMENT = 50 * 1024 * 1024;

const LAUNCHES = new Set(['Launch']);
const PINNED = 'FileAttachment';
const SCRIPTS = new Set(['JavaScript', 'JS', 'RichMedia', 'Movie', 'ImportData', 'SubmitForm']);

export interface Pdf {
  readonly engine: Pdfium;
  readonly pages: number;
  /** It has scripts or forms that send; nothing of them ever runs here. */
  readonly scripted: boolean;
  /** Files that lie in it, as far as they say that they are some; and whether one is pinned to a page, where no list has it. */
  readonly files: readonly Uint8Array[];
  readonly pinned: boolean;
  /** `page` is the engine's; its size is in points, as it is shown. */
  withPage<T>(
    index: number,
    use: (page: number, size: { width: number; height: number }) => Promise<T>,
  ): Promise<T>;
  attachments(): { name: string; content: Uint8Array }[];
  close(): void;
}

/** Throws `Refused`: `encrypted`, `damaged`, `launch-action`. */
export async function openPdf(bytes: Uint8Array): Promise<Pdf> {
  const { names, files } = lookInto(bytes, new Set([...LAUNCHES, ...SCRIPTS, PINNED]));
  if ([...names].some((name) => LAUNCHES.has(name))) throw new Refused('launch-action');
  const engine = await pdfium();
  const at = engine.pdfium.wasmExports.malloc(bytes.length);
  if (!at) throw new RangeError('PDFium has no memory left');
  memory(engine).set(bytes, at);
  const document = engine.FPDF_LoadMemDocument(at, bytes.length, '');
  if (!document) {
    const code = engine.FPDF_GetLastError();
    engine.pdfium.wasmExports.free(at);
    throw new Refused(code === PASSWORD || code === SECURITY ? 'encrypted' : 'damaged');
  }
  return {
    engine,
    pages: engine.FPDF_GetPageCount(document),
    files,
    pinned: names.delete(PINNED),
    scripted: names.size > 0 || engine.FPDFDoc_GetJavaScriptActionCount(document) > 0,
    async withPage(index, use) {
      const page = flattened(engine, document, index);
      try {
        const size = { width: engine.FPDF_GetPageWidthF(page), height: engine.FPDF_GetPageHeightF(page) };
        if (
          !(
            size.width >= 1 &&
            size.height >= 1 &&
            size.width <= LARGEST_PAGE * 10 &&
            size.height <= LARGEST_PAGE * 10
          )
        )
          throw new Refused('damaged');
        return await use(page, size);
      } finally {
        engine.FPDF_ClosePage(page);
      }
    },
    attachments: () => attachments(engine, document),
    close() {
      engine.FPDF_CloseDocument(document);
      engine.pdfium.wasmExports.free(at);
    },
  };
}

/** With what was filled into its form as text of the page. */
function flattened(engine: Pdfium, document: number, index: number): number {
  const load = () => {
    const page = engine.FPDF_LoadPage(document, index);
    if (!page) throw new Refused('damaged');
    return page;
  };
  const page = load();
  const FOR_DISPLAY = 0;
  if (engine.FPDFPage_GetAnnotCount(page) === 0) return page;
  engine.FPDFPage_Flatten(page, FOR_DISPLAY);
  engine.FPDF_ClosePage(page);
  return load();
}

function attachments(engine: Pdfium, document: number): { name: string; content: Uint8Array }[] {
  const count = engine.FPDFDoc_GetAttachmentCount(document);
  if (count > MOST_PARTS) throw new Refused('decompression-bomb');
  let left = MOST_UNPACKED;
  return Array.from({ length: count }, (_, index) => {
    const file = engine.FPDFDoc_GetAttachment(document, index);
    const name = utf16(engine, (buffer, length) => engine.FPDFAttachment_GetName(file, buffer, length));
    const content = contentOf(engine, file);
    left -= content.length;
    if (left < 0) throw new Refused('decompression-bomb');
    return { name, content };
  });
}

function contentOf(engine: Pdfium, file: number): Uint8Array {
  return withMemory(engine, 8, (size) => {
    const length = () => new Uint32Array(memory(engine).buffer, size, 1)[0] ?? 0;
    if (!engine.FPDFAttachment_GetFile(file, 0, 0, size)) return new Uint8Array();
    const wanted = length();
    if (wanted > LARGEST_ATTACHMENT) throw new Refused('decompression-bomb');
    if (wanted === 0) return new Uint8Array();
    return withMemory(engine, wanted, (at) => {
      engine.FPDFAttachment_GetFile(file, at, wanted, size);
      return memory(engine).slice(at, at + Math.min(wanted, length()));
    });
  });
}
