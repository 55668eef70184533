// The cost of a read by the number of stored sessions, as an SVG: both axes are logarithmic.

import type { StoreCosts } from "./scale.ts";

const WIDTH = 720;
const HEIGHT = 400;
const LEFT = 70;
const RIGHT = 120;
const TOP = 30;
const BOTTOM = 50;

// Told apart on white and on near-black.
const colors = ["#2f81f7", "#db6d28", "#2da44e", "#bf4b8a", "#8957e5", "#b08800"];

export function scalePlot(results: readonly StoreCosts[]): string {
  const all = results.flatMap(({ costs }) => costs);
  const counts = [...new Set(all.map(({ sessions }) => sessions))].sort((a, b) => a - b);
  const x = logScale([counts[0] ?? 1, counts.at(-1) ?? 10], LEFT, WIDTH - RIGHT);
  const times = all.map(({ elapsedUs }) => elapsedUs);
  const lowest = 10 ** Math.floor(Math.log10(Math.min(...times)));
  const highest = 10 ** Math.ceil(Math.log10(Math.max(...times)));
  const y = logScale([lowest, highest], HEIGHT - BOTTOM, TOP);
  const ticks = decades(lowest, highest);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">`,
    "<title>Time of one read, by the number of stored sessions</title>",
    "<style>text{font:13px sans-serif;fill:#57606a}.grid{stroke:#8c959f;stroke-opacity:.35}",
    "@media(prefers-color-scheme:dark){text{fill:#adbac7}}</style>",
    ...ticks.map((value) => horizontal(y(value), `${value} µs`)),
    ...counts.map((count) => vertical(x(count), count.toLocaleString("en"))),
    `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 10}" text-anchor="middle">stored sessions</text>`,
    ...labelled(results, x, y),
    "</svg>",
    "",
  ].join("\n");
}

type Scale = (value: number) => number;

function logScale([first, last]: readonly [number, number], from: number, to: number): Scale {
  const start = Math.log10(first);
  const span = Math.log10(last) - start || 1;
  return (value) => Math.round(from + ((Math.log10(value) - start) / span) * (to - from));
}

function decades(lowest: number, highest: number): number[] {
  const count = Math.round(Math.log10(highest / lowest));
  return Array.from({ length: count + 1 }, (_, power) =>
    Number((lowest * 10 ** power).toPrecision(1)),
  );
}

function horizontal(y: number, label: string): string {
  const line = `<line class="grid" x1="${LEFT}" y1="${y}" x2="${WIDTH - RIGHT}" y2="${y}"/>`;
  return `${line}<text x="${LEFT - 8}" y="${y + 4}" text-anchor="end">${label}</text>`;
}

function vertical(x: number, label: string): string {
  const line = `<line class="grid" x1="${x}" y1="${TOP}" x2="${x}" y2="${HEIGHT - BOTTOM}"/>`;
  return `${line}<text x="${x}" y="${HEIGHT - BOTTOM + 20}" text-anchor="middle">${label}</text>`;
}

/** Lines with their names at the end; names that would overlap move down. */
function labelled(results: readonly StoreCosts[], x: Scale, y: Scale): string[] {
  const ends = results.map(({ store, costs }, index) => {
    const points = costs.map(({ sessions, elapsedUs }) => [x(sessions), y(elapsedUs)] as const);
    return { store, points, color: colors[index % colors.length], end: points.at(-1) ?? [0, 0] };
  });
  let lowestLabel = Number.NEGATIVE_INFINITY;
  return ends
    .toSorted((a, b) => a.end[1] - b.end[1])
    .map(({ store, points, color, end }) => {
      lowestLabel = Math.max(end[1] + 4, lowestLabel + 16);
      const line = points.map((point) => point.join(",")).join(" ");
      const dots = points.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3.5"/>`).join("");
      const text = `<text x="${end[0] + 10}" y="${lowestLabel}" style="fill:${color}">${store}</text>`;
      return `<g fill="${color}"><polyline points="${line}" fill="none" stroke="${color}" stroke-width="2"/>${dots}</g>${text}`;
    });
}
