// What the session model does: made-up requests, each a few steps long, all under way at once.
import fc from "fast-check";

export type Step =
  /** Sets a key of its own, or one that all requests set; written by the next step that writes. */
  | { do: "set"; key: "own" | "shared" }
  | { do: "save" }
  | { do: "increment" }
  | { do: "login"; user: 0 | 1; limits: "long" | "idle" | "short" }
  | { do: "logout" }
  /** Ends the request's own session from outside, or all sessions of a user. */
  | { do: "revoke" }
  | { do: "revokeAll"; user: 0 | 1 }
  | { do: "pass"; ms: number };

/** What a browser holds when all begins. */
export type Opening = { user: 0 | 1 | null; limits: "long" | "idle" | "short" } | null;

export interface Plan {
  openings: readonly [Opening, Opening];
  requests: readonly RequestPlan[];
}

interface RequestPlan {
  /** Which browser sends it: requests of one browser share a cookie. */
  browser: number;
  /** How many turns it lets others go ahead before it is sent. */
  wait: number;
  /** Which of three processes answers it: only the store is common to them. */
  server: number;
  steps: readonly Step[];
}

export interface Mix {
  /** How often each step is drawn. */
  steps: Readonly<Record<Step["do"], number>>;
  /** How far apart requests are sent, at most: near 0, all are under way at once. */
  apart: number;
}

export const SERVERS = 3;
/** Short enough for stores whose clock really runs. */
export const LIMITS = {
  long: { lifetime: "4s", idle: "off" },
  idle: { lifetime: "4s", idle: "1s" },
  short: { lifetime: "1s", idle: "off" },
} as const;
export const LIMITS_MS = {
  long: { lifetimeMs: 4_000, idleMs: null },
  idle: { lifetimeMs: 4_000, idleMs: 1_000 },
  short: { lifetimeMs: 1_000, idleMs: null },
} as const;
/** Throttle of visits; also a tenth of the idle timeout. */
export const TOUCH_EVERY_MS = 100;

const limits = fc.constantFrom<"long" | "idle" | "short">("long", "idle", "idle", "idle", "short");
const user = fc.constantFrom<0 | 1>(0, 1);

const steps: { [K in Step["do"]]: fc.Arbitrary<Step> } = {
  set: fc.record({ do: fc.constant("set"), key: fc.constantFrom("own", "shared") }),
  save: fc.constant({ do: "save" }),
  increment: fc.constant({ do: "increment" }),
  login: fc.record({ do: fc.constant("login"), user, limits }),
  logout: fc.constant({ do: "logout" }),
  revoke: fc.constant({ do: "revoke" }),
  revokeAll: fc.record({ do: fc.constant("revokeAll"), user }),
  pass: fc.record({
    do: fc.constant("pass"),
    ms: fc.constantFrom(150, 150, 150, 400, 400, 400, 400, 400, 400, 1_100, 4_100),
  }),
};

/** Requests of one browser or two. */
export function modelPlans(mix: Mix): fc.Arbitrary<Plan> {
  const step = fc.oneof(
    { weight: mix.steps.set, arbitrary: steps.set },
    { weight: mix.steps.save, arbitrary: steps.save },
    { weight: mix.steps.increment, arbitrary: steps.increment },
    { weight: mix.steps.login, arbitrary: steps.login },
    { weight: mix.steps.logout, arbitrary: steps.logout },
    { weight: mix.steps.revoke, arbitrary: steps.revoke },
    { weight: mix.steps.revokeAll, arbitrary: steps.revokeAll },
    { weight: mix.steps.pass, arbitrary: steps.pass },
  );
  const opening = fc.oneof(
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 2, arbitrary: fc.record({ user: fc.constant(null), limits: fc.constant("long") }) },
    { weight: 5, arbitrary: fc.record({ user, limits }) },
  );
  const request = fc.record({
    browser: fc.constantFrom(0, 0, 0, 1),
    server: fc.nat({ max: SERVERS - 1 }),
    wait: fc.nat({ max: mix.apart }),
    steps: fc.array(step, { minLength: 1, maxLength: 4 }),
  });
  return fc.record({
    openings: fc.tuple(opening, opening),
    requests: fc.array(request, { minLength: 2, maxLength: 12, size: "max" }),
  });
}
