// Robots and strangers: however many come, they leave nothing behind.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { tempFolder } from "@latchkey/example-shared/start-app";
import { expect, test } from "vitest";
import { flood } from "./flood-client.ts";
import { recordsIn } from "./session-rows.ts";
import { appForAll } from "./start-app.ts";

const folder = tempFolder();
const file = join(folder, "sessions.db");
// Else V8 lets the heap grow by a few hundred megabytes before it looks for garbage, on a machine
// that has them, and what the app keeps could hide in there.
const app = await appForAll({ STORE: `sqlite:${file}` }, folder, ["--optimize-for-size"]);
const paths = ["/", "/anon", "/api/me", "/members"];
/** More for a soak: `FLOOD=1000000 npm run x -- vitest run --project example-express flood`. */
const FLOOD = Number(process.env["FLOOD"] ?? 100_000);
const hasProc = existsSync("/proc/self/status");

test(`${FLOOD} requests without cookies store nothing and take less than 20 MB`, {
  timeout: 60_000 + FLOOD,
}, async ({ annotate }) => {
  await flood({ url: app.url, paths, requests: 10_000 }); // The compiler and the heap settle.
  const before = residentMb();
  const { statuses, sessions } = await flood({ url: app.url, paths, requests: FLOOD });
  const grown = residentMb() - before;
  await annotate(`grew by ${grown.toFixed(1)} MB from ${before.toFixed(0)} MB`);
  expect(statuses).toEqual({ "200": FLOOD / 2, "303": FLOOD / 4, "401": FLOOD / 4 });
  expect(sessions).toBe(0);
  expect(recordsIn(file)).toEqual({});
  if (hasProc) expect(grown).toBeLessThan(20);
});

test("10,000 session cookies that the app never gave store nothing and set no session", {
  timeout: 60_000,
}, async () => {
  const garbage = (index: number): string =>
    `sid=${"A".repeat(18)}${100_000 + index}.1.${"B".repeat(43)}`;
  const { sessions } = await flood({ url: app.url, paths, requests: 10_000, cookie: garbage });
  expect(recordsIn(file)).toEqual({});
  expect(sessions).toBe(0);
});

/** Resident memory of the app, megabytes; 0 where the system doesn't say. */
function residentMb(): number {
  if (!hasProc) return 0;
  const status = readFileSync(`/proc/${app.pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1_024;
}
