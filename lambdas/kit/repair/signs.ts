/* What values look like to whoever does not know JSON by heart. */

export const OPENING = `"'\`“”„‘’‚`;
/** By which a text that began so may end. */
export const CLOSING: Readonly<Record<string, string>> = {
  ...{ '"': '"', "'": "'", '`': "`'" },
  ...{ '“': '”“"', '”': '”"', '„': '“”"', '‘': "’‘'", '’': "’'", '‚': "‘’'" },
};
export const LITERALS: Readonly<Record<string, boolean | null>> = {
  ...{ true: true, false: false, null: null, True: true, False: false, None: null },
};
export const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
export const SPACE = /[\s\uFEFF\u180e\u200b]/;
export const BARE_NAME = /[\p{L}_$][\p{L}\p{N}_$.-]{0,99}/uy;
/** `"b":` behind a text that ended: the comma before it is missing. */
export const NEXT_MEMBER = /["'“‘]?[\p{L}\p{N}_$.-]{1,60}["'”’]?\s{0,20}:/uy;
/** What may stand without quotes and be a text; nothing that could be a number, a date or code. */
export const WORD = /^\p{L}[\p{L}\p{M}\p{N} _.@-]*$/u;
export const ESCAPES: Readonly<Record<string, string>> = {
  ...{ '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', "'": "'", '`': '`' },
};

export function isComment(text: string, at: number): boolean {
  return text.charAt(at) === '/' && (text.charAt(at + 1) === '/' || text.charAt(at + 1) === '*');
}
