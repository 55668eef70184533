// Logging in with a code that comes by SMS.

import type { LoginMethod } from "@latchkey/auth-core";
import { createCodeLogin } from "./code-login.ts";
import { type CodeLoginOptions, readCodeOptions } from "./code-login-options.ts";
import { phoneNumber } from "./phone-number.ts";
import type { SmsService } from "./sms/sms-service.ts";

export interface SmsCodeLoginOptions extends CodeLoginOptions {
  /** Sends the messages: `exotelSms`, `twilioSms`, `httpSms`, or an object of your own. */
  service: SmsService;
  /** Default `sms`. */
  name?: string;
  /** With `{code}` once, and `{minutes}`. Default `Your code is {code}`. */
  message?: string;
  /** The country of numbers that don't name one, e.g. `+91`. Default: they have to. */
  country?: string;
}

export interface SmsUser {
  /** The number, e.g. `+919741552552`. */
  id: string;
  /** The same. */
  user: string;
}

/**
 * Logs in whoever can read the messages to a phone number.
 *
 * @throws {TypeError} When an option is wrong.
 * @example
 * const login = smsCodeLogin({ store, service, message: "Your code for Field Notes is {code}" });
 */
export function smsCodeLogin(options: SmsCodeLoginOptions): LoginMethod<SmsUser> {
  const { service, name = "sms", message = "Your code is {code}", country = null } = options;
  const settings = readCodeOptions(options);
  if (typeof service?.send !== "function") throw new TypeError("service must have a send method");
  if (message.split("{code}").length !== 2) throw new TypeError("message must have {code} once");
  if (country !== null && !/^\+[1-9]\d{0,3}$/.test(country)) {
    throw new TypeError("country must be a calling code such as '+91'");
  }
  const hint =
    country === null ? "With the country’s code, e.g. +44 …" : `Without one, it is ${country} …`;
  return createCodeLogin<SmsUser>(settings, {
    name,
    link: null,
    field: { label: "Phone number", type: "tel", autocomplete: "tel", hint },
    wrongAddress: "Please give a valid phone number.",
    read: (typed) => phoneNumber(typed, country),
    user: (number) => ({ id: number, user: number }),
    async send({ address, code, minutes }) {
      const text = message.replace("{minutes}", String(minutes)).replace("{code}", code);
      await service.send({ to: address, text });
    },
  });
}
