// Options of a guard where the framework can't tell by itself where the guard stands.

import type { DenialOptions } from "./denial.ts";
import type { GuardPlace } from "./guard.ts";

export interface GuardOptions extends DenialOptions {
  /** `mounted`, for whole applications, spares the login and logout pages, and exempt requests. Default `route`. */
  place?: GuardPlace;
}
