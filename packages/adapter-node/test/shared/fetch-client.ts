// The same client before an application that is called with a Request instead of over a socket.

import { type TestClient, testClient } from "@latchkey/tools/test-client";

export type { TestClient };

export function fetchClient(app: (request: Request) => Response | Promise<Response>): TestClient {
  return testClient(0, async (path, { method = "GET", headers = {}, body }) => {
    const sent = { method, headers, ...(body === undefined ? {} : { body: new Blob([body]) }) };
    const response = await app(new Request(`http://localhost${path}`, sent));
    const cookies = response.headers.getSetCookie();
    return {
      status: response.status,
      headers: { ...Object.fromEntries(response.headers), "set-cookie": cookies },
      body: await response.text(),
    };
  });
}
