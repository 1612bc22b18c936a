/*
 * The HTML of a mail, made of its text: paragraphs, and nothing that a program would fetch or run. A sentence that looks like HTML is
 * read as it was written.
 */

const SIGNS: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function htmlOf(text: string): string {
  const paragraphs = text
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== '')
    .map(
      (paragraph) =>
        `<p dir="auto" style="margin:0 0 1em">${escaped(paragraph).replaceAll('\n', '<br>')}</p>`,
    );
  return `<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"></head><body style="font:16px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif;max-width:42em">
${paragraphs.join('\n')}
</body></html>`;
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => SIGNS[sign] ?? sign);
}
