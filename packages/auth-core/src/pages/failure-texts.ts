// What a visitor is told when a login fails, by the code that programs get.

import type { LoginErrorCode } from "../pages.ts";

/** One sentence or two for each code. `{wait}` in `throttled` is a time such as `5 seconds`. */
export type FailureTexts = Record<LoginErrorCode, string>;

export const englishFailures: FailureTexts = {
  "invalid-credentials": "That name and password don’t match.",
  "wrong-code": "That code is not right.",
  "bad-request": "Please fill in every field.",
  "invalid-input": "Please check what you typed.",
  expired: "This link or code is no longer valid. Please begin again.",
  forbidden: "You can’t log in here.",
  busy: "Many people are logging in. Please try again in a moment.",
  unavailable: "Logging in does not work at the moment. Please try again soon.",
  "not-sent": "The message could not be sent. Please try again in a moment.",
  "not-ended":
    "This is done, but your other sessions could not be ended. Please change it once more.",
  throttled: "There were too many attempts. Please try again in {wait}.",
  "expired-form": "This page was open for too long. Please try again.",
  "captcha-failed": "We could not check that you are a person. Please try again.",
  "action-failed": "You could not be logged in. Please try again later.",
};
