// The throttle stage around the method's step: not too many tries at an account, and not too often.

import { type Duration, durationMs } from "@latchkey/session-core";
import { createAccountLane } from "./account-lane.ts";
import { isBrowserForm } from "./csrf-field.ts";
import type { FlowContext } from "./flow-context.ts";
import { createKnownBrowsers } from "./known-browser.ts";
import { failed, type LoginFailure } from "./login-failure.ts";
import type { LoginMethod, LoginRequest, LoginStep, RejectReason } from "./login-method.ts";
import { networkOf } from "./network.ts";
import { createThrottle, type Paused, type ThrottleOptions } from "./throttle.ts";

/** What came of a try. */
export interface Tried<User> {
  result: LoginStep<User> | LoginFailure;
  /** How long to hold the answer from now on. */
  holdMs: number;
}

interface TryOptions {
  delay?: Duration | readonly Duration[];
  throttle?: ThrottleOptions | false;
}

/** @throws {TypeError} That names the option. */
export function createLoginTry<User extends { id: string }>(
  { store, now }: FlowContext,
  method: LoginMethod<User>,
  { delay = ["1s", "1s", "5s"], throttle: limits = {} }: TryOptions,
): (request: LoginRequest) => Promise<Tried<User>> {
  const delaysMs = [delay].flat().map((duration) => durationMs(duration, "delay"));
  // Who waited behind a try that found nobody there would only wait for the same again.
  const lane = createAccountLane<Tried<User> | Paused>((outcome) =>
    "result" in outcome && isAway(outcome.result)
      ? { result: failed("unavailable"), holdMs: 0 }
      : null,
  );
  const throttle = createThrottle(store, method.name, limits, now);
  const browsers = createKnownBrowsers(store, method.name, now);

  return async (request) => {
    const account = method.account(request);
    if (account === null) return { result: await method.step(request), holdMs: 0 };
    const { exchange } = request;
    const { ip } = exchange;
    const alike = method.alike?.(account) ?? null;
    // Before it waits for others, so that how long an old hash took tells nobody that there is one.
    const began = performance.now();
    const browser = await browsers.find(exchange, account);
    // A lane per network, so that a stranger's guesses don't keep the owner waiting.
    const outcome = await lane.run(`${browser ?? networkOf(ip)} ${alike ?? account}`, () =>
      throttle.attempt<Tried<User>>({ account, alike, ip, browser }, async (tally) => {
        const step = await method.step(request);
        if (step.kind === "accepted") {
          await tally.succeeded();
          // Programs keep no cookies, and without pauses nobody needs one.
          if (limits !== false && isBrowserForm(exchange))
            await browsers.remember(exchange, account);
        }
        const wrong = step.kind === "rejected" && isGuess(step.reason);
        const failures = wrong ? await tally.failed() : 0;
        const delayMs = delaysMs[Math.min(failures, delaysMs.length) - 1] ?? 0;
        return { result: step, holdMs: Math.max(0, delayMs - (performance.now() - began)) };
      }),
    );
    if (outcome === null) return { result: failed("busy"), holdMs: 0 };
    if ("result" in outcome) return outcome;
    return { result: failed("throttled", { pauseMs: outcome.pauseMs }), holdMs: 0 };
  };
}

function isGuess(reason: RejectReason): boolean {
  return reason === "invalid-credentials" || reason === "wrong-code";
}

function isAway(result: Tried<{ id: string }>["result"]): boolean {
  return result.kind === "rejected" && result.reason === "unavailable";
}
