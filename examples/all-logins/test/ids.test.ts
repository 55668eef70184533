// Whoever signs up under a name that another login has is nobody else's user, and ends nobody else's session.
import { expect, test } from "vitest";
import { serveApp } from "./serve-app.ts";

const { url, neighbours } = await serveApp();

/** A program with its own cookies. */
function client() {
  const jar = new Map<string, string>();
  return async (path: string, fields?: Record<string, string>): Promise<Response> => {
    const cookie = [...jar].map((pair) => pair.join("=")).join("; ");
    const headers = { accept: "application/json", "content-type": "application/json", cookie };
    const body = fields && { method: "POST", body: JSON.stringify(fields) };
    const answer = await fetch(new URL(path, url), { redirect: "manual", headers, ...body });
    for (const line of answer.headers.getSetCookie()) {
      const [name = "", value = ""] = line.split(";")[0]?.split("=") ?? [];
      jar.set(name, value);
    }
    return answer;
  };
}

/** Who is logged in; `null` for nobody. */
async function idOf(ask: ReturnType<typeof client>): Promise<string | null> {
  const answer = await (await ask("/api/me")).text();
  return /"id":"([^"]*)"/.exec(answer)?.[1] ?? null;
}

async function tokenFor(address: string, key: string, count = 1): Promise<string> {
  const mails = await neighbours.mailbox.waitFor(address, count);
  const [link = ""] = /http\S+/.exec(mails.at(-1)?.mail.text ?? "") ?? [];
  return new URL(link).searchParams.get(key) ?? "";
}

async function signUp(user: string): Promise<ReturnType<typeof client>> {
  const ask = client();
  const email = `${user}@example.net`;
  await ask("/login/password?signup=", { user, email });
  const token = await tokenFor(email, "signup");
  const password = "correct horse battery staple";
  expect((await ask("/login/password?signup=", { token, password })).status).toBe(200);
  expect((await ask("/login/password", { user, password })).status).toBe(200);
  return ask;
}

test("a stranger who signs up as alpha is not the alpha of the configuration", async () => {
  const owner = client();
  await owner("/login/simple", { user: "alpha", password: "alpha" });
  expect(await idOf(owner)).toBe("alpha");
  const stranger = await signUp("alpha");
  expect(await idOf(stranger)).toBe("site:alpha");

  await stranger("/login/password?forgot=", { email: "alpha@example.net" });
  const token = await tokenFor("alpha@example.net", "forgot", 2);
  const password = "another correct horse battery";
  expect((await stranger("/login/password?forgot=", { token, password })).status).toBe(200);
  expect(await idOf(stranger)).toBeNull();
  expect(await idOf(owner)).toBe("alpha");
});

test("nor is one who signs up as alice, whom the directory has", async (context) => {
  const { directory } = neighbours;
  if ("missing" in directory) context.skip(`no directory: ${directory.missing}`);
  const alice = client();
  await alice("/login/directory", { user: "alice", password: "wonderland" });
  expect(await idOf(alice)).toBe("directory:alice");
  expect(await idOf(await signUp("alice"))).toBe("site:alice");
});
