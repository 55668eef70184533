import { expect, test } from "vitest";
import { relativeTime } from "../src/pages/relative-time.ts";
import { DAY, HOUR, MINUTE, now } from "./page-data.ts";

test.each([
  [0, "just now"],
  [-59_999, "just now"],
  [-MINUTE, "1 minute ago"],
  [-89_000, "1 minute ago"],
  [-3 * MINUTE, "3 minutes ago"],
  [-59 * MINUTE - 29_000, "59 minutes ago"],
  [-59 * MINUTE - 30_000, "1 hour ago"],
  [-HOUR, "1 hour ago"],
  [-23 * HOUR, "23 hours ago"],
  [-23.6 * HOUR, "1 day ago"],
  [-DAY, "1 day ago"],
  [-60 * DAY, "60 days ago"],
  [-61 * DAY, "2 months ago"],
  [-360 * DAY, "1 year ago"],
  [-800 * DAY, "2 years ago"],
  [1, "in a moment"],
  [MINUTE, "in 1 minute"],
  [8 * HOUR, "in 8 hours"],
  [30 * DAY - 5000, "in 30 days"],
  [10_000 * DAY, "in 27 years"],
])("%d ms from now: %s", (distanceMs, words) => {
  expect(relativeTime(now + distanceMs, now)).toBe(words);
});
