import type { Told } from './stream.ts';

/* The learning curve: of each part of a stream the share of calls that were not made. */

const WIDTH = 820;
const HEIGHT = 400;
const [LEFT, RIGHT, TOP, BOTTOM] = [60, 20, 84, 56];
const PARTS = 50;

const STYLE = `
.ground{fill:#fff}.axis{fill:none;stroke:#8592a3;stroke-width:1}.grid{stroke:#d5dce5;stroke-width:1}
.l0,.l1,.l2{fill:none;stroke-width:2.2}.l0{stroke:#1f4e8c}.l1{stroke:#9a4b00;stroke-dasharray:7 3}.l2{stroke:#1d6b3a;stroke-dasharray:2 3}
text{font:13px system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif;fill:#1b2430}
.title{font-weight:650;font-size:15px}.small{font-size:12px;fill:#48525f}.t0{fill:#1f4e8c}.t1{fill:#9a4b00}.t2{fill:#1d6b3a}
@media(prefers-color-scheme:dark){
.ground{fill:#0f141b}.axis{stroke:#7c8a9b}.grid{stroke:#27313d}.l0{stroke:#7fb0ee}.l1{stroke:#f0b072}.l2{stroke:#86d3a0}
text{fill:#e8ecf1}.small{fill:#b3bdc9}.t0{fill:#7fb0ee}.t1{fill:#f0b072}.t2{fill:#86d3a0}}`;

export interface Curve {
  name: string;
  told: readonly Told[];
}

/** Each of 50 parts, as the share of its calls that were not made. */
function sharesOf(told: readonly Told[]): number[] {
  return Array.from({ length: PARTS }, (_, at) => {
    const part = told.slice((at * told.length) / PARTS, ((at + 1) * told.length) / PARTS);
    return part.filter(({ local }) => local).length / Math.max(1, part.length);
  });
}

export function picture(curves: readonly Curve[]): string {
  const most = Math.max(...curves.map(({ told }) => told.length));
  const x = (item: number) => LEFT + (item / most) * (WIDTH - LEFT - RIGHT);
  const y = (share: number) => TOP + (1 - share) * (HEIGHT - TOP - BOTTOM);
  const lines = curves.map(({ told }, n) => {
    const points = sharesOf(told).map(
      (share, at) => `${x(((at + 0.5) / PARTS) * told.length).toFixed(1)} ${y(share).toFixed(1)}`,
    );
    return `<path class="l${n}" d="M${points.join('L')}"/>`;
  });
  const words = curves
    .map(
      ({ name, told }) => `${name}: in the last fiftieth ${Math.round(100 * (sharesOf(told).at(-1) ?? 0))} %`,
    )
    .join('; ');
  const shares = [0, 0.25, 0.5, 0.75, 1];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-labelledby="title desc">
<title id="title">Calls that a surrogate takes over, from nothing learned on</title>
<desc id="desc">The share of calls not made, by items that have come. ${words}.</desc>
<style>${STYLE}</style>
<rect class="ground" width="${WIDTH}" height="${HEIGHT}" rx="12"/>
<text class="title" x="${LEFT}" y="28">Calls that a surrogate takes over, from nothing learned on</text>
${curves.map(({ name }, n) => `<text class="small t${n}" x="${LEFT + n * 250}" y="54">${['—', '– –', '· ·'][n]} ${name}</text>`).join('\n')}
${shares.map((share) => `<path class="grid" d="M${LEFT} ${y(share)}H${WIDTH - RIGHT}"/><text class="small" x="${LEFT - 8}" y="${y(share) + 4}" text-anchor="end">${100 * share} %</text>`).join('\n')}
<path class="axis" d="M${LEFT} ${TOP}V${HEIGHT - BOTTOM}H${WIDTH - RIGHT}"/>
${lines.join('\n')}
${shares.map((share) => `<text class="small" x="${x(share * most).toFixed(1)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${Math.round(share * most).toLocaleString('en-US')}</text>`).join('\n')}
<text class="small" x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - BOTTOM + 40}" text-anchor="middle">items that have come</text>
</svg>
`;
}
