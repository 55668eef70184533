// Why nobody was logged in, as every stage of the flow says it, and the HTTP status of each reason.

import type { LoginView } from "./login-method.ts";
import type { LoginErrorCode } from "./pages.ts";

export interface LoginFailure {
  kind: "failed";
  code: LoginErrorCode;
  /** The form to try again with: the method's blank one by default; `null` shows an error page. */
  view?: LoginView | null;
  /** Instead of the code's own sentence. */
  message?: string;
  /** How long to wait before the next try. */
  pauseMs?: number;
}

export function failed(
  code: LoginErrorCode,
  more: Omit<LoginFailure, "kind" | "code"> = {},
): LoginFailure {
  return { kind: "failed", code, ...more };
}

export const failureStatus: Readonly<Record<LoginErrorCode, number>> = {
  "invalid-credentials": 401,
  "wrong-code": 401,
  "bad-request": 400,
  "invalid-input": 400,
  expired: 400,
  forbidden: 403,
  busy: 503,
  unavailable: 503,
  "not-sent": 503,
  "not-ended": 503,
  throttled: 429,
  "expired-form": 403,
  "captcha-failed": 403,
  "action-failed": 403,
};
