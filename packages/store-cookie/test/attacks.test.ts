// Cookies that nobody was given as they come: each is no session at all, and never an exception.

import { createSessions } from "@latchkey/session-core";
import { memoryStore } from "@latchkey/store-memory";
import { defaults, seal } from "iron-webcrypto";
import { describe, expect, it } from "vitest";
import { cookieStore } from "../src/index.ts";
import { sealKeys } from "../src/seal-keys.ts";
import { encodeSealed, type SealedRecord } from "../src/sealed-record.ts";
import { createSealer } from "../src/sealer.ts";
import {
  DATA,
  DAY,
  type Jar,
  loggedIn,
  openRequest,
  SECRET,
  SID,
  testApp,
  visit,
  whoIs,
} from "./browser.ts";

function withData(jar: Jar, data: string | undefined): Jar {
  return new Map([...jar, [DATA, data ?? ""]]);
}

describe("a data cookie", () => {
  it("of another session of the same user, or of another user, is no session", async () => {
    const app = testApp();
    const [ann, ann2, bob] = [await loggedIn(app), await loggedIn(app), await loggedIn(app, "bob")];
    expect(await whoIs(app, withData(ann, ann2.get(DATA)))).toBeNull();
    expect(await whoIs(app, withData(ann, bob.get(DATA)))).toBeNull();
    expect(await whoIs(app, withData(bob, ann.get(DATA)))).toBeNull();
  });

  it("alone, or a session's cookie alone, is no session", async () => {
    const app = testApp();
    const jar = await loggedIn(app);
    expect(await whoIs(app, new Map([[DATA, jar.get(DATA) ?? ""]]))).toBeNull();
    expect(await whoIs(app, new Map([[SID, jar.get(SID) ?? ""]]))).toBeNull();
    expect(await whoIs(app, new Map([[SID, jar.get(DATA) ?? ""]]))).toBeNull();
    expect(await whoIs(app, withData(jar, jar.get(SID)))).toBeNull();
  });

  it("sent twice is no session: one was planted", async () => {
    const app = testApp();
    const jar = await loggedIn(app);
    const twice = new Map(jar);
    twice.set(DATA, `${jar.get(DATA)}; ${DATA}=${jar.get(DATA)}`);
    expect(await whoIs(app, twice)).toBeNull();
  });

  it("is no session after its time, remembered or not", async () => {
    const app = testApp();
    const jar = await loggedIn(app);
    app.advance(30 * DAY - 1);
    expect(await whoIs(app, jar)).toBe("ann");
    app.advance(1);
    expect(await whoIs(app, jar)).toBeNull();
    expect(await whoIs(app.another({}), jar)).toBeNull();
  });

  it("of other keys is no session", async () => {
    const app = testApp();
    const other = testApp({ keys: ["another secret of thirty-two characters"] });
    const jar = await loggedIn(app);
    expect(await whoIs(app, withData(jar, (await loggedIn(other)).get(DATA)))).toBeNull();
    expect(await whoIs(other, jar)).toBeNull();
  });

  it("of another application with the same keys is no session", async () => {
    const app = testApp();
    const jar = await loggedIn(app);
    const other = testApp({ cookieName: "admin" });
    const renamed = new Map([...jar].map(([name, value]) => [name.replace("sid", "admin"), value]));
    expect(await whoIs(other, renamed)).toBeNull();
  });

  it("cut short anywhere, or with any character changed, is no session", async () => {
    const app = testApp();
    const jar = await loggedIn(app);
    const fresh = app.another({}); // Remembers no seal.
    const text = jar.get(DATA) ?? "";
    for (let length = 0; length < text.length; length += 7) {
      expect(await whoIs(fresh, withData(jar, text.slice(0, length)))).toBeNull();
    }
    // The last characters of each part may hold bits that stand for nothing.
    const parts = /^(Fe26\.2)\*(\w+)\*\*([\w-]+)\*([\w-]+)\*\*\*([\w-]+)$/.exec(text);
    expect(parts).not.toBeNull();
    for (let index = 0; index < text.length; index += 5) {
      if (index + 1 === text.length || text[index] === "*" || text[index + 1] === "*") continue;
      const changed = text[index] === "A" ? "B" : "A";
      const forged = text.slice(0, index) + changed + text.slice(index + 1);
      expect(await whoIs(fresh, withData(jar, forged)), `character ${index}`).toBeNull();
    }
    expect(await whoIs(fresh, jar)).toBe("ann");
  });

  it.each([
    ["empty", ""],
    ["garbage", "garbage"],
    ["stars", "*******"],
    ["a key id that objects have", "Fe26.2*constructor**AAAA*AAAA***AAAA"],
    ["a key id that objects inherit", "Fe26.2*__proto__**AAAA*AAAA***AAAA"],
    ["no key id", "Fe26.2***AAAA*AAAA***AAAA"],
    ["not base64", "Fe26.2*abc**!*!***!"],
    ["an expiry of its own", "Fe26.2*abc**AAAA*AAAA*1**AAAA"],
    ["huge", `Fe26.2*abc**AAAA*${"A".repeat(100_000)}***AAAA`],
    ["no octets", "\u0000\u00ff"],
  ])("that is %s is no session", async (_, text) => {
    const app = testApp();
    const jar = withData(await loggedIn(app), text);
    const request = await openRequest(app.sessions, jar);
    expect(request.session.user).toBeNull();
    await request.session.login({ id: "bob" });
    await request.finish();
    expect(await whoIs(app, jar)).toBe("bob");
  });

  it("sealed by us, but for something else or in no known format, is no session", async () => {
    const app = testApp();
    const jar = await loggedIn(app);
    const keys = sealKeys([SECRET]);
    const sealer = createSealer(keys);
    const sealed = await sealer.open(`session ${DATA}`, jar.get(DATA) ?? "");
    if (sealed === null) throw new Error("it must open");
    expect(await whoIs(app, withData(jar, await sealer.seal(`session ${DATA}`, sealed)))).toBe(
      "ann",
    );
    expect(
      await whoIs(app, withData(jar, await sealer.seal("session sid-data", sealed))),
    ).toBeNull();
    expect(await whoIs(app, withData(jar, await sealer.seal("api key", sealed)))).toBeNull();
    const good = encodeSealed(`session ${DATA}`, sealed);
    const texts = [
      "",
      "\n",
      "[]\n",
      "{}\n{}",
      "null\n",
      good.replace("[1,", "[2,"),
      good.slice(0, 40),
    ];
    for (const text of [...texts, good.replaceAll(/\d{9,}/g, "null"), good.replace("\n", "")]) {
      const options = { ...defaults, encode: String };
      expect(await whoIs(app, withData(jar, await seal(text, keys[0], options))), text).toBeNull();
    }
  });

  it("is opened by its keys in whatever order they are, and ended by its own time alone", async () => {
    const record = { id: "session:a", owner: null, data: "{}\n{}", createdAt: 1, seenAt: 2 };
    const sealed: SealedRecord = {
      record: { ...record, expiresAt: 3, version: 4 },
      endsAt: 5,
      epoch: "e",
    };
    const other = new Uint8Array(32).fill(7);
    const text = await createSealer(sealKeys([SECRET])).seal("p", sealed);
    expect(await createSealer(sealKeys([other, SECRET])).open("p", text)).toEqual(sealed);
    expect(await createSealer(sealKeys([other])).open("p", text)).toBeNull();
  });
});

describe("an older data cookie of the same session", () => {
  it("takes the data back, but brings nobody back", async () => {
    const app = testApp();
    const jar = await loggedIn(app);
    await visit(app, jar, (session) => session.update("n", () => 1));
    const older = new Map(jar);
    await visit(app, jar, (session) => session.update("n", () => 2));
    expect(await visit(app, older, ({ data }) => data["n"])).toBe(1); // See the README.
    await visit(app, jar, (session) => session.logout());
    expect(await whoIs(app, older)).toBeNull();
  });
});

describe("options", () => {
  it.each([
    ["no key", { keys: [] }, /keys/],
    ["a short key", { keys: ["short"] }, /keys\[0\]/],
    ["a short second key", { keys: [SECRET, new Uint8Array(31)] }, /keys\[1\]/],
  ])("%s is a TypeError that names it", (_, options, message) => {
    expect(() => cookieStore(options)).toThrow(TypeError);
    expect(() => cookieStore(options)).toThrow(message);
  });

  it("what is no store is a TypeError", () => {
    const wrong = JSON.parse("{}");
    expect(() => cookieStore({ keys: [SECRET], revocations: wrong })).toThrow(/revocations/);
    expect(() => createSessions({ store: wrong, keys: [SECRET] })).toThrow(/store/);
  });

  it("a wrapped cookie store says so at the first session", async () => {
    const whole = cookieStore({ keys: [SECRET], revocations: memoryStore() });
    const { forExchange: _, ...wrapped } = whole;
    const sessions = createSessions({ store: wrapped, keys: [SECRET] });
    const { session, finish } = await openRequest(sessions);
    session.data["a"] = 1;
    await expect(finish()).rejects.toThrow(/wrap/);
  });
});
