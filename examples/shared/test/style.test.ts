import { describe, expect, test } from "vitest";
import { pageStyle } from "../src/pages/style.ts";

const [light = {}, dark = {}] = [...pageStyle.matchAll(/:root\{([^}]*)\}/g)].map(([, body = ""]) =>
  Object.fromEntries(
    [...body.matchAll(/--([\w-]+):(#\w+)/g)].map(([, name = "", color = ""]) => [name, color]),
  ),
);

test("both schemes define the same colours", () => {
  expect(Object.keys(light).length).toBeGreaterThan(8);
  expect(Object.keys(dark)).toEqual(Object.keys(light));
});

// WCAG 2.2 SC 1.4.3: 4.5 for text. SC 1.4.11: 3 for what shows a control or its focus.
describe.each([
  ["light", light],
  ["dark", dark],
])("contrast in %s", (_scheme, colors) => {
  test.each([
    ["ink", "page", 4.5],
    ["ink", "sheet", 4.5],
    ["ink", "wash", 4.5],
    ["muted", "sheet", 4.5],
    ["muted", "wash", 4.5],
    ["accent", "page", 4.5],
    ["accent", "sheet", 4.5],
    ["accent", "wash", 4.5],
    ["on-accent", "accent", 4.5],
    // A hovered button is between accent and ink.
    ["on-accent", "ink", 4.5],
    ["edge", "sheet", 3],
  ])("%s on %s is at least %f", (text, ground, least) => {
    expect(contrast(colors[text] ?? "", colors[ground] ?? "")).toBeGreaterThanOrEqual(least);
  });
});

function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

/** @see https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(color: string): number {
  const hex = color.length === 4 ? color.replaceAll(/\w/g, "$&$&") : color;
  const [red = Number.NaN, green = Number.NaN, blue = Number.NaN] = [1, 3, 5].map((start) => {
    const part = Number.parseInt(hex.slice(start, start + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
