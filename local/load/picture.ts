import { restedAt, type Story } from './story.ts';

/* A run as a picture: above what came and what came to rest each second, below how much was under way. */

interface Drawn {
  title: string;
  startedAt: number;
  stories: readonly Story[];
  bottleneck: string;
  /** Times between which something was different, in milliseconds since 1970. */
  marks: readonly { name: string; fromMs: number; toMs: number }[];
}

const WIDTH = 820;
const LEFT = 56;
const RIGHT = 20;
const TOP = { y: 64, height: 150 };
const BELOW = { y: 258, height: 150 };
const MOST_BINS = 120;

const STYLE = `
.ground{fill:#fff}.mark{fill:#eef2f7}.axis{fill:none;stroke:#8592a3;stroke-width:1}
.came{fill:none;stroke:#1f4e8c;stroke-width:2}.rested{fill:none;stroke:#9a4b00;stroke-width:2;stroke-dasharray:6 3}
.under{fill:#cfe0f4;stroke:#1f4e8c;stroke-width:1.4}
text{font:13px system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif;fill:#1b2430}
.title{font-weight:650;font-size:15px}.small{font-size:12px;fill:#48525f}.c{fill:#1f4e8c}.r{fill:#9a4b00}
@media(prefers-color-scheme:dark){
.ground{fill:#0f141b}.mark{fill:#1a222d}.axis{stroke:#7c8a9b}.came{stroke:#7fb0ee}.rested{stroke:#f0b072}
.under{fill:#1d3350;stroke:#7fb0ee}text{fill:#e8ecf1}.small{fill:#b3bdc9}.c{fill:#7fb0ee}.r{fill:#f0b072}}`;

export function picture({ title, startedAt, stories, bottleneck, marks }: Drawn): string {
  // What does not rest is under way to the end.
  const events = stories.flatMap(({ timeline }) => timeline.map(({ at }) => at));
  const seen = events.reduce((latest, at) => (at > latest ? at : latest), new Date(startedAt).toISOString());
  const lives = stories.map((story) => ({
    from: (Date.parse(story.receivedAt) - startedAt) / 1000,
    to: (Date.parse(restedAt(story) ?? seen) - startedAt) / 1000,
  }));
  const end = Math.max(1, ...lives.map(({ to }) => to));
  const bin = Math.max(1, Math.ceil(end / MOST_BINS));
  const bins = Array.from({ length: Math.ceil(end / bin) + 1 }, (_, at) => at * bin);
  const perSecond = (time: (life: (typeof lives)[number]) => number) =>
    bins.map((from) => lives.filter((life) => time(life) >= from && time(life) < from + bin).length / bin);
  const came = perSecond(({ from }) => from);
  const rested = perSecond(({ to }) => to);
  const under = bins.map((at) => lives.filter(({ from, to }) => from <= at && to > at).length);
  const mostRate = Math.max(1, ...came, ...rested);
  const mostUnder = Math.max(1, ...under);
  const x = (seconds: number) => LEFT + (seconds / end) * (WIDTH - LEFT - RIGHT);
  const line = (values: readonly number[], { y, height }: typeof TOP, most: number) =>
    values
      .map(
        (value, at) =>
          `${Math.min(WIDTH - RIGHT, x((bins[at] ?? 0) + bin / 2)).toFixed(1)} ${(y + height - (value / most) * height).toFixed(1)}`,
      )
      .join('L');
  const words = `${lives.length} items in ${Math.round(end)} seconds: at most ${mostRate.toFixed(1)} a second came or came to rest, and at most ${mostUnder} were under way at once. Bottleneck: ${bottleneck}.${marks.map(({ name, fromMs, toMs }) => ` ${name} from second ${Math.round((fromMs - startedAt) / 1000)} to ${Math.round((toMs - startedAt) / 1000)}.`).join('')}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} 460" width="${WIDTH}" height="460" role="img" aria-labelledby="title desc">
<title id="title">${escaped(title)}</title>
<desc id="desc">${escaped(words)}</desc>
<style>${STYLE}</style>
<rect class="ground" width="${WIDTH}" height="460" rx="12"/>
${marks.map((mark) => markOf(mark, startedAt, end, x)).join('\n')}
<text class="title" x="${LEFT}" y="28">${escaped(title)}</text>
<text class="small" x="${LEFT}" y="52"><tspan class="c">— items accepted a second</tspan>   <tspan class="r">- - came to rest a second</tspan></text>
${axes(TOP, mostRate.toFixed(1))}
<path class="came" d="M${line(came, TOP, mostRate)}"/>
<path class="rested" d="M${line(rested, TOP, mostRate)}"/>
<text class="small" x="${LEFT}" y="${BELOW.y - 10}">items under way</text>
${axes(BELOW, String(mostUnder))}
<path class="under" d="M${LEFT} ${BELOW.y + BELOW.height}L${line(under, BELOW, mostUnder)}L${WIDTH - RIGHT} ${BELOW.y + BELOW.height}z"/>
${[0, 0.25, 0.5, 0.75, 1].map((share) => `<text class="small" x="${x(share * end).toFixed(1)}" y="${BELOW.y + BELOW.height + 18}" text-anchor="middle">${Math.round(share * end)} s</text>`).join('\n')}
<text class="small" x="${LEFT}" y="${BELOW.y + BELOW.height + 40}">Bottleneck: ${escaped(bottleneck)}</text>
</svg>
`;
}

function axes({ y, height }: typeof TOP, most: string): string {
  return `<path class="axis" d="M${LEFT} ${y}V${y + height}H${WIDTH - RIGHT}"/>
<text class="small" x="${LEFT - 8}" y="${y + 5}" text-anchor="end">${most}</text>
<text class="small" x="${LEFT - 8}" y="${y + height + 4}" text-anchor="end">0</text>`;
}

function markOf(
  { name, fromMs, toMs }: Drawn['marks'][number],
  startedAt: number,
  end: number,
  x: (seconds: number) => number,
): string {
  const [from, to] = [fromMs, toMs].map((at) => x(Math.min(end, Math.max(0, (at - startedAt) / 1000))));
  if (from === undefined || to === undefined) return '';
  const height = BELOW.y + BELOW.height - TOP.y;
  return `<rect class="mark" x="${from.toFixed(1)}" y="${TOP.y}" width="${Math.max(1, to - from).toFixed(1)}" height="${height}"/>
<text class="small" x="${(from + 4).toFixed(1)}" y="${TOP.y + height / 2 + 20}">${escaped(name)}</text>`;
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
