// The result codes of RFC 4511 §4.1.9 that are the server's fault and say nothing about a user.

import { ResultCodeError } from "ldapts";
import type { FaultCode } from "./ldap-login-error.ts";

/** `null` for an answer that is about what was asked. */
export function faultOf(error: unknown): FaultCode | null {
  if (!(error instanceof ResultCodeError)) return "ERR_LDAP_CONNECT"; // no answer at all
  switch (error.code) {
    case 3: // timeLimitExceeded
    case 11: // adminLimitExceeded
    case 51: // busy
    case 52: // unavailable
      return "ERR_LDAP_BUSY";
    case 8: // strongerAuthRequired
    case 13: // confidentialityRequired
      return "ERR_LDAP_TLS";
    case 10: // referral
      return "ERR_LDAP_REFERRAL";
    default:
      return null;
  }
}
