// The three forms: which address, which code, and "is it you?" behind a mailed link.

import type { LoginField, LoginRequest, LoginView } from "@latchkey/auth-core";
import type { CodeSettings } from "./code-login-options.ts";

export interface CodeViews {
  /** Asks for the address. */
  address(request: LoginRequest, typed: string | null): LoginView;
  /** Asks for the code. */
  code(request: LoginRequest, key: string, address: string): LoginView;
  /** A button: mail programs follow links, but press nothing. */
  confirm(request: LoginRequest, key: string, address: string, code: string): LoginView;
}

export function createCodeViews(
  { fields, size, lifetimeMs, accepts }: CodeSettings,
  field: Omit<LoginField, "name">,
): CodeViews {
  const minutes = minutesOf(lifetimeMs);
  const validFor = minutes === 1 ? "a minute" : `${minutes} minutes`;
  return {
    address: (request, typed) => ({
      title: "Log in",
      fields: [{ ...field, name: fields.user, ...(typed === null ? {} : { value: typed }) }],
      submit: "Send a code",
      action: pageUrl(request, fields),
    }),
    code: (request, key, address) => ({
      title: "Enter the code",
      message:
        accepts === null
          ? `We sent a code to ${address}. It is valid for ${validFor}.`
          : `If ${address} can log in here, a code is on its way. It is valid for ${validFor}.`,
      fields: [
        {
          name: fields.code,
          label: "Code",
          type: "text",
          autocomplete: "one-time-code",
          inputMode: "numeric",
          hint: `${size} digits`,
          value: "",
        },
      ],
      hidden: [
        { name: "key", value: key },
        { name: fields.user, value: address },
      ],
      submit: "Log in",
      action: pageUrl(request, fields),
      links: [{ label: "Send a new code", url: pageUrl(request, fields) }],
    }),
    confirm: (request, key, address, code) => ({
      title: "Log in",
      message: `Log in as ${address}?`,
      fields: [],
      hidden: [
        { name: "key", value: key },
        { name: fields.user, value: address },
        { name: fields.code, value: code },
      ],
      submit: "Log in",
      action: pageUrl(request, fields),
    }),
  };
}

export function minutesOf(lifetimeMs: number): number {
  return Math.max(1, Math.round(lifetimeMs / 60_000));
}

/** This page without what the link put there: it would otherwise be in the next page's address. */
function pageUrl({ url }: LoginRequest, fields: CodeSettings["fields"]): string {
  const query = new URLSearchParams(url.search);
  for (const name of ["key", fields.user, fields.code]) query.delete(name);
  return url.pathname + (query.size > 0 ? `?${query}` : "");
}
