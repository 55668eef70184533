// A request to the login URL, as the flow would hand it to the method.

import type { LoginRequest } from "../src/index.ts";

export function loginRequest(
  method: "GET" | "POST",
  fields: Record<string, string> = {},
): LoginRequest {
  return {
    method,
    url: new URL("https://app.example/login/"),
    fields: Object.assign(Object.create(null), fields),
    next: null,
    recall: async () => null,
    exchange: {
      method,
      url: "/login/",
      protocol: "https",
      host: "app.example",
      ip: "192.0.2.1",
      getHeader: () => undefined,
      appendHeader() {},
    },
  };
}
