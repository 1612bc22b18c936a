/* What a reader sees of an element, told from its style. */

type Colour = readonly [number, number, number];

export interface Look {
  /** Nothing in it is seen, whatever its parts say. */
  gone: boolean;
  /** `visibility`: a part may be seen again. */
  unseen: boolean;
  fontPx: number;
  /** null: not known, or nothing that could be compared. */
  colour: Colour | null;
  ground: Colour | null;
}

export const PLAIN: Look = {
  gone: false,
  unseen: false,
  fontPx: 16,
  colour: [0, 0, 0],
  ground: [255, 255, 255],
};

/** Text that is smaller is a line to the eye. */
const LEAST_PX = 3;
/** Colours that differ by less in each part cannot be told apart. */
const LEAST_CONTRAST = 24;

export function isSeen({ gone, unseen, fontPx, colour, ground }: Look): boolean {
  if (gone || unseen || fontPx < LEAST_PX) return false;
  if (!colour || !ground) return true;
  return colour.some((part, index) => Math.abs(part - (ground[index] ?? 0)) >= LEAST_CONTRAST);
}

type Styles = ReadonlyMap<string, string>;

/** The look of an element in that of its parent. */
export function lookOf(parent: Look, styles: Styles, attributes: ReadonlyMap<string, string>): Look {
  if (styles.size === 0 && attributes.size === 0) return parent;
  const fontPx = fontOf(styles, parent.fontPx);
  const ground = groundOf(styles, attributes, parent.ground);
  const said =
    styles.get('-webkit-text-fill-color') ??
    styles.get('color') ??
    attributes.get('color') ??
    attributes.get('text');
  const colour =
    said === undefined || /^(?:inherit|unset|currentcolor)$/.test(said) ? parent.colour : colourOf(said);
  const visibility = styles.get('visibility');
  return {
    gone: parent.gone || isGone(styles, fontPx) || (said !== undefined && isClear(said)),
    unseen:
      visibility === undefined || visibility === 'inherit'
        ? parent.unseen
        : visibility !== 'visible' && visibility !== 'initial',
    fontPx,
    colour,
    ground,
  };
}

/** True where these declarations could take a text out of sight. */
export function couldHide(styles: Styles): boolean {
  return !isSeen(lookOf({ ...PLAIN, colour: null }, styles, new Map()));
}

const UNITS: Readonly<Record<string, number>> = {
  ...{ px: 1, '': 1, pt: 4 / 3, pc: 16, in: 96, cm: 37.8, mm: 3.78, q: 0.945, em: 16, rem: 16, ex: 8, ch: 8 },
  ...{ vw: 10, vh: 8, vmin: 8, vmax: 10, dvw: 10, dvh: 8 },
};

/** A length in pixels, of a text of 16; undefined for what is none, such as `auto` or a percentage. */
function px(value: string | undefined): number | undefined {
  const [, number, unit] =
    /^(?:calc\(\s*)?([+-]?(?:\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})(?:e[+-]?\d{1,2})?)\s*([a-z]{0,4})\s*\)?$/.exec(
      value ?? '',
    ) ?? [];
  const factor = UNITS[unit ?? ''];
  return number === undefined || factor === undefined ? undefined : Number(number) * factor;
}

function fontOf(styles: Styles, parent: number): number {
  const shorthand = /(?:^|\s)([\d.]{1,9}(?:px|pt|em|rem|%)?)(?:\s*\/\s*\S+)?\s+\S/.exec(
    styles.get('font') ?? '',
  )?.[1];
  const value = styles.get('font-size') ?? shorthand;
  if (value === undefined) return parent;
  const share = /^([\d.]{1,9})(em|%)$/.exec(value);
  if (share) return (parent * Number(share[1])) / (share[2] === '%' ? 100 : 1);
  return px(value) ?? (/^(?:larger|smaller|inherit)$/.test(value) ? parent : 16);
}

/** Farther out than any screen is wide. */
const FAR = 400;

function isGone(styles: Styles, fontPx: number): boolean {
  const is = (property: string, ...values: string[]) => values.includes(styles.get(property) ?? '');
  if (is('display', 'none') || is('mso-hide', 'all') || is('content-visibility', 'hidden')) return true;
  if (fontPx < LEAST_PX && styles.has('line-height') && px(styles.get('line-height')) === 0) return true;
  const opacity =
    styles.get('opacity') ?? /opacity\(\s*([\d.]+%?)\s*\)/.exec(styles.get('filter') ?? '')?.[1];
  if (opacity !== undefined && Number.parseFloat(opacity) / (opacity.endsWith('%') ? 100 : 1) < 0.1)
    return true;
  return isFarOut(styles) || isShut(styles);
}

function isFarOut(styles: Styles): boolean {
  const away = (property: string) => Math.abs(px(styles.get(property)) ?? 0) > FAR;
  const placed = /^(?:absolute|fixed|relative|sticky)$/.test(styles.get('position') ?? '');
  if (
    placed &&
    ['left', 'top', 'right', 'bottom'].some(
      (side) => (px(styles.get(side)) ?? 0) < -FAR || (px(styles.get(side)) ?? 0) > 10 * FAR,
    )
  )
    return true;
  const negative = ['text-indent', 'margin-left', 'margin-top', 'margin-right'].some(
    (property) => (px(styles.get(property)) ?? 0) < -FAR,
  );
  const moved = /translate(?:x|y|3d)?\(\s*(-?[\d.]+[a-z]*)(?:\s*,\s*(-?[\d.]+[a-z]*))?/.exec(
    styles.get('transform') ?? '',
  );
  return (
    negative || away('text-indent') || [moved?.[1], moved?.[2]].some((by) => Math.abs(px(by) ?? 0) > FAR)
  );
}

/** Cut off by its own box, its clip or its scale. */
function isShut(styles: Styles): boolean {
  if (
    /scale(?:x|y|3d)?\(\s*0?\.?0*\s*[,)]/.test(styles.get('transform') ?? '') ||
    px(styles.get('scale')) === 0
  )
    return true;
  if (
    /^rect\(\s*(?:0|1)(?:px)?[\s,]+(?:0|1)(?:px)?[\s,]+(?:0|1)(?:px)?[\s,]+(?:0|1)(?:px)?\s*\)/.test(
      styles.get('clip') ?? '',
    )
  )
    return true;
  if (/^(?:inset\(\s*(?:[5-9]\d|100)%|circle\(\s*0)/.test(styles.get('clip-path') ?? '')) return true;
  if (px(styles.get('zoom')) === 0) return true;
  const cut = /hidden|clip|scroll|auto/.test(
    `${styles.get('overflow') ?? ''} ${styles.get('overflow-y') ?? ''} ${styles.get('overflow-x') ?? ''}`,
  );
  return (
    cut &&
    ['height', 'max-height', 'width', 'max-width'].some((side) => (px(styles.get(side)) ?? 99) < LEAST_PX)
  );
}

function groundOf(
  styles: Styles,
  attributes: ReadonlyMap<string, string>,
  parent: Colour | null,
): Colour | null {
  if (
    /url\(|gradient\(/.test(`${styles.get('background') ?? ''} ${styles.get('background-image') ?? ''}`) ||
    attributes.has('background')
  )
    return null;
  const said = styles.get('background-color') ?? styles.get('background') ?? attributes.get('bgcolor');
  if (said === undefined || isClear(said) || /^(?:none|inherit|initial|unset)\b/.test(said)) return parent;
  return colourOf(said.split(/\s+(?![^(]*\))/)[0] ?? '');
}

/** Nothing of a colour is left: its fourth part is next to nothing. */
const isClear = (value: string) =>
  value === 'transparent' ||
  /^(?:rgb|hsl)a?\((?:[^,)]*,){3}\s*0?(?:\.0\d{0,9})?%?\s*\)$/.test(value) ||
  /^(?:rgb|hsl)a?\([^)/]*\/\s*0?(?:\.0\d{0,9})?%?\s*\)$/.test(value) ||
  /^#(?:[\da-f]{3}0|[\da-f]{6}0[\da-f])$/.test(value);

const NAMED: Readonly<Record<string, string>> = {
  ...{
    white: 'ffffff',
    black: '000000',
    snow: 'fffafa',
    ivory: 'fffff0',
    whitesmoke: 'f5f5f5',
    ghostwhite: 'f8f8ff',
  },
  ...{
    floralwhite: 'fffaf0',
    mintcream: 'f5fffa',
    azure: 'f0ffff',
    red: 'ff0000',
    green: '008000',
    blue: '0000ff',
  },
  ...{
    yellow: 'ffff00',
    gray: '808080',
    grey: '808080',
    silver: 'c0c0c0',
    lightgray: 'd3d3d3',
    lightgrey: 'd3d3d3',
    navy: '000080',
  },
};

function colourOf(said: string): Colour | null {
  const value = said.trim().toLowerCase();
  const hex = NAMED[value] ?? /^#?([\da-f]{3,8})$/.exec(value)?.[1];
  if (hex !== undefined && [3, 4, 6, 8].includes(hex.length)) {
    const long = hex.length < 6 ? [...hex].map((digit) => digit + digit).join('') : hex;
    return [0, 2, 4].map((at) => Number.parseInt(long.slice(at, at + 2), 16)) as unknown as Colour;
  }
  const parts = /^rgba?\(\s*([\d.]+)(%?)[\s,]+([\d.]+)%?[\s,]+([\d.]+)%?/.exec(value);
  if (!parts) return hslOf(value);
  const scale = parts[2] ? 2.55 : 1;
  return [Number(parts[1]) * scale, Number(parts[3]) * scale, Number(parts[4]) * scale];
}

/** Of the others only white and black are told. */
function hslOf(value: string): Colour | null {
  const light = /^hsla?\([^,\s]+[\s,]+[\d.]+%?[\s,]+([\d.]+)%/.exec(value)?.[1];
  if (light === undefined) return null;
  if (Number(light) >= 97) return [255, 255, 255];
  return Number(light) <= 3 ? [0, 0, 0] : null;
}
