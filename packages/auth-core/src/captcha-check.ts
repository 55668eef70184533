// The captcha stage: nothing is tried before the vendor has said that a person asks.

import { createHash } from "node:crypto";
import type { Captcha } from "./captcha/captcha.ts";
import type { FlowContext } from "./flow-context.ts";
import { failed, type LoginFailure } from "./login-failure.ts";
import type { LoginRequest } from "./login-method.ts";
import { networkOf } from "./network.ts";
import { createUnderWay } from "./under-way.ts";

/** Vendors let a token live for five minutes at the most. */
const REMEMBERED_MS = 600_000;

/** Questions to the vendor that one network may have under way: many people share one. */
const MAX_UNDER_WAY = 20;

/** @returns What lets a request through by `null`. */
export function createCaptchaCheck(
  { store, now, onError }: FlowContext,
  captcha: Captcha | undefined,
): (request: LoginRequest) => Promise<LoginFailure | null> {
  if (captcha === undefined) return async () => null;
  const { field } = captcha.view;
  const underWay = createUnderWay();

  /** Nothing is counted yet: nothing else bounds what strangers have us ask. */
  async function ask(vendor: Captcha, token: string, ip: string): Promise<LoginFailure | null> {
    const { others, end } = underWay.begin([networkOf(ip)]);
    try {
      if (others.some((count) => count >= MAX_UNDER_WAY)) return failed("busy");
      return (await vendor.verify(token, { ip })) ? null : failed("captcha-failed");
    } catch (error) {
      onError(error);
      return failed("unavailable");
    } finally {
      end();
    }
  }

  return async ({ fields, exchange }) => {
    const token = fields[field];
    if (!token) return failed("captcha-failed");
    const failure = await ask(captcha, token, exchange.ip);
    if (failure !== null) return failure;
    // The vendors, too, take each token once; this holds whatever a vendor's cache thinks.
    const at = now();
    const isFirst = await store.create({
      id: `captcha:${createHash("sha256").update(token).digest("base64url")}`,
      owner: null,
      data: "{}",
      createdAt: at,
      seenAt: at,
      expiresAt: at + REMEMBERED_MS,
      version: 1,
    });
    return isFirst ? null : failed("captcha-failed");
  };
}
