// The captcha stage: nothing is tried before the vendor has said that a person asks.

import { createHash } from "node:crypto";
import type { Captcha } from "./captcha/captcha.ts";
import type { FlowContext } from "./flow-context.ts";
import { failed, type LoginFailure } from "./login-failure.ts";
import type { LoginRequest } from "./login-method.ts";

/** Vendors let a token live for five minutes at the most. */
const REMEMBERED_MS = 600_000;

/** @returns `null` lets the request through. */
export async function checkCaptcha(
  { store, now, onError }: FlowContext,
  captcha: Captcha | undefined,
  { fields, exchange }: LoginRequest,
): Promise<LoginFailure | null> {
  if (captcha === undefined) return null;
  const token = fields[captcha.view.field];
  if (!token) return failed("captcha-failed");
  try {
    if (!(await captcha.verify(token, { ip: exchange.ip }))) return failed("captcha-failed");
  } catch (error) {
    onError(error);
    return failed("unavailable");
  }
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
}
