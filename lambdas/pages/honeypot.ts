import { html } from 'hono/html';
import type { Markup } from './layout.ts';

/** A field that people neither see nor reach: robots fill it in. Not `display: none`, which they look for. */
export function honeypot(): Markup {
  return html`<div class="quiet" aria-hidden="true"><label>Website (leave this empty) <input name="website" tabindex="-1" autocomplete="off"></label></div>`;
}

export function isVoid(form: { names: readonly string[]; field(name: string): string | undefined }): boolean {
  return form.names.includes('website') && form.field('website') !== '';
}
