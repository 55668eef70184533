// Behind a proxy that ends TLS.

import { expect, it } from "vitest";
import { setUp } from "./setup.ts";

it("behind a trusted https proxy the cookie is Secure and named __Host-", async () => {
  const headers = { "x-forwarded-proto": "https" };
  const cookies = async (trustProxy: string[] | false): Promise<string[]> => {
    const auth = setUp({ trustProxy });
    const response = await auth.handle(
      new Request("http://localhost/", { headers }),
      ({ session }) => {
        session.data["a"] = 1;
        return new Response("ok");
      },
      { ip: "127.0.0.1" },
    );
    return response.headers.getSetCookie();
  };
  expect((await cookies(["loopback"]))[0]).toMatch(/^__Host-sid=[^;]+; .*Secure/);
  expect((await cookies(false))[0]).toMatch(/^sid=(?!.*Secure)/);
});
