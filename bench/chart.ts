/**
 * The result as a picture, SVG without scripts, readable on light and on dark. In each group the longest bar is as wide
 * as there is room: bars compare candidates, not groups. Nothing in it depends on time or machine but the result.
 */
import type { AcceptResult, IdleResult, Result, ScenarioResult } from './result.ts';
import { describeLoad, formatRatio } from './table.ts';

interface Bar {
  readonly name: string;
  readonly value: number;
  /** Further out, as a thin line. */
  readonly until?: number;
  readonly label: string;
}

interface Group {
  readonly title: string;
  readonly bars: readonly Bar[];
}

interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly groups: readonly Group[];
}

const WIDTH = 920;
const MARGIN = 20;
const GAP = 40;
const COLUMN = (WIDTH - 2 * MARGIN - GAP) / 2;
const NAME = 104;
const LABEL = 108;
const BAR = COLUMN - NAME - LABEL;
const ROW = 16;
const HEAD = 64;

export function composeChart(result: Result): string {
  const columns: [string[], string[]] = [[], []];
  const heights: [number, number] = [HEAD, HEAD];
  for (const panel of panelsOf(result)) {
    const column = heights[0] <= heights[1] ? 0 : 1;
    const x = MARGIN + column * (COLUMN + GAP);
    const { lines, height } = drawPanel(panel, x, heights[column]);
    columns[column].push(...lines);
    heights[column] += height;
  }
  const height = Math.max(...heights) + 8;
  const { machine, measuredAt } = result;
  const where = `${machine.processor}, ${machine.cores} cores, ${measuredAt.slice(0, 10)}`;
  const about = `${where}. Shorter is better; each group has its own scale.`;
  const size = `viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-labelledby="title about">
<title id="title">Mailpair beside Postfix and Haraka</title>
<desc id="about">${escape(about)}</desc>
<style>${STYLE}</style>
<rect class="ground" width="${WIDTH}" height="${height}" rx="6"/>
<text class="head" x="${MARGIN}" y="28">Mailpair beside Postfix and Haraka</text>
<text class="quiet" x="${MARGIN}" y="46">${escape(about)}</text>
${columns.flat().join('\n')}
</svg>
`;
}

const STYLE = `
text{font:12px system-ui,sans-serif;fill:#1f2328}.head{font-size:16px;font-weight:600}.panel{font-size:13px;font-weight:600}
.ground{fill:#fff}.quiet{fill:#59636e}.name{text-anchor:end}.Mailpair{fill:#0969da}.Postfix{fill:#818b98}.Haraka{fill:#bf8700}
.line{stroke:#818b98;stroke-width:2}
@media(prefers-color-scheme:dark){text{fill:#f0f6fc}.ground{fill:#0d1117}.quiet{fill:#9198a1}.Mailpair{fill:#4493f8}
.Postfix{fill:#7d8590}.Haraka{fill:#d29922}}
`;

function panelsOf({ scenarios, accepts, idle }: Result): Panel[] {
  const titles = { relay: 'Relay in line', queue: 'Queue on disk, deliver', judged: 'Judge and deliver' };
  const loads = [...Map.groupBy(scenarios, ({ kind }) => kind)].map(([kind, all]): Panel => ({
    title: titles[kind],
    unit: 'CPU per message',
    groups: all.map(loadGroup),
  }));
  const waits = [...Map.groupBy(accepts, ({ kind }) => kind)].map(([kind, all]): Panel => ({
    title: `Time to the 250, ${kind}`,
    unit: 'median, thin line to the 99th percentile',
    groups: [...Map.groupBy(all, ({ sessions }) => sessions)].map(waitGroup),
  }));
  const memory: Panel = { title: 'An idle connection', unit: 'memory', groups: [idleGroup(idle)] };
  return [...loads, ...waits, ...(idle.length > 0 ? [memory] : [])];
}

function loadGroup(scenario: ScenarioResult): Group {
  const reference = scenario.candidates.find(({ isReference }) => isReference)?.cpuMsPerMessage.median;
  return {
    title: describeLoad(scenario),
    bars: scenario.candidates.map(({ name, isReference, cpuMsPerMessage: { median } }) => {
      const ratio = reference === undefined || isReference ? '' : ` · ${formatRatio(median / reference)}`;
      return { name, value: median, label: `${figures(median)} ms${ratio}` };
    }),
  };
}

const waitGroup = ([sessions, all]: [number, AcceptResult[]]): Group => ({
  title: sessions === 1 ? 'a lone client' : `${sessions} sessions`,
  bars: all.map(({ name, p50Ms, p99Ms }) => ({
    name,
    value: p50Ms,
    until: p99Ms,
    label: `${figures(p50Ms)} · ${figures(p99Ms)} ms`,
  })),
});

const idleGroup = (idle: readonly IdleResult[]): Group => ({
  title: 'after EHLO',
  bars: idle.map(({ name, bytesPerConnection }) => ({
    name,
    value: bytesPerConnection,
    label: `${figures(bytesPerConnection / 1024)} KB`,
  })),
});

/** Three figures that count. */
const figures = (value: number): string =>
  value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));

function drawPanel(
  { title, unit, groups }: Panel,
  x: number,
  top: number,
): { lines: string[]; height: number } {
  let y = top + 20;
  const lines = [
    `<text class="panel" x="${x}" y="${y}">${escape(title)}<tspan class="quiet" font-weight="400" dx="4">· ${escape(unit)}</tspan></text>`,
  ];
  for (const { title: groupTitle, bars } of groups) {
    y += 20;
    lines.push(`<text class="quiet" x="${x}" y="${y}">${escape(groupTitle)}</text>`);
    const longest = Math.max(...bars.map(({ value, until }) => Math.max(value, until ?? 0)));
    for (const bar of bars) {
      y += ROW;
      lines.push(...drawBar(bar, BAR / longest, x, y));
    }
  }
  return { lines, height: y - top + 12 };
}

function drawBar({ name, value, until, label }: Bar, scale: number, x: number, y: number): string[] {
  const start = x + NAME;
  const end = (length: number): number => Math.round(10 * Math.max(1, length * scale)) / 10;
  const family = name.split(' ')[0] ?? '';
  const short = /rspamd/.test(name) ? `${family}, rspamd` : family;
  const reach = start + Math.max(end(value), end(until ?? 0)) + 6;
  return [
    `<text class="name" x="${start - 6}" y="${y}">${escape(short)}</text>`,
    ...(until === undefined ? [] : [`<path class="line" d="M${start} ${y - 4}H${start + end(until)}"/>`]),
    `<rect class="${escape(family)}" x="${start}" y="${y - 9}" width="${end(value)}" height="10" rx="1"/>`,
    `<text x="${reach}" y="${y}">${escape(label)}</text>`,
  ];
}

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
