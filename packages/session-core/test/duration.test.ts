import { describe, expect, it } from "vitest";
import { durationMs, parseDuration } from "../src/duration.ts";
import { testApp } from "./test-app.ts";

describe("durations", () => {
  it.each([
    ["500ms", 500],
    ["1s", 1_000],
    ["15m", 900_000],
    ["1.5h", 5_400_000],
    ["30d", 2_592_000_000],
    ["2w", 1_209_600_000],
    ["0.0003d", 25_920],
    ["0.5ms", 1],
  ])("%s is %i ms", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  const malformed = [
    "",
    "1",
    "s",
    "0s",
    "0.0001ms",
    "-1s",
    "+1s",
    " 1s",
    "1s ",
    "1 s",
    "1S",
    "1e3s",
    "0x1s",
    ".5h",
    "1.h",
    "1,5h",
    "1_000s",
    "NaNs",
    "Infinityd",
    "1s\n",
    "1y",
    "1constructor",
    "1h30m",
    "9999999999999d",
    "999999999999w",
    "1.0000000000s",
    "١s",
  ];
  it.each(malformed)("%j is none", (text) => {
    expect(parseDuration(text)).toBeNull();
  });

  it("an error names the option and shows what it was", () => {
    // @ts-expect-error: a duration in seconds, as in older systems
    expect(() => durationMs(3600, "lifetime")).toThrow(/^lifetime must be .* not number$/);
    expect(() => durationMs("1e3s", "idle")).toThrow(/^idle must be .* not '1e3s'$/);
  });

  it.each([
    ["lifetime", { lifetime: "1e3s" }],
    ["lifetime", { lifetime: "401d" }],
    ["idle", { idle: "-1s" }],
    ["touchEvery", { touchEvery: "0s" }],
    ["loadUserEvery", { loadUser: () => null, loadUserEvery: "0.0m" }],
  ] as const)("%s is checked at start: %j", (option, options) => {
    expect(() => testApp(options)).toThrow(TypeError);
    expect(() => testApp(options)).toThrow(new RegExp(`^${option} must be`));
  });
});
