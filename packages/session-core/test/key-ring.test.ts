import { describe, expect, it } from "vitest";
import { createKeyRing } from "../src/key-ring.ts";
import { createSessions } from "../src/sessions.ts";
import { mapStore } from "./map-store.ts";
import { SECRET, testApp } from "./test-app.ts";

const NEW = "a newer secret, of thirty-two characters or more";

describe("signatures", () => {
  it("row 21: only the exact spelling of a signature verifies; any other length is false, not an error", () => {
    const ring = createKeyRing([SECRET]);
    const mac = ring.sign("session", "text");
    expect(mac).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(ring.verify("session", "text", mac)).toBe(true);
    const last = mac.at(-1) ?? "";
    // The last of 43 characters carries four bits: three others decode to the same bytes.
    const twins = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"]
      .filter((letter) => letter !== last)
      .map((letter) => mac.slice(0, -1) + letter);
    for (const wrong of [...twins, "", mac.slice(1), `${mac}=`, `${mac}A`, mac.repeat(100), "ü"]) {
      expect(ring.verify("session", "text", wrong)).toBe(false);
    }
  });

  it("a signature for one purpose, text or secret is worth nothing for another", () => {
    const ring = createKeyRing([SECRET]);
    const mac = ring.sign("session", "text");
    expect(ring.verify("csrf", "text", mac)).toBe(false);
    expect(ring.verify("session", "text2", mac)).toBe(false);
    expect(createKeyRing([NEW]).verify("session", "text", mac)).toBe(false);
  });

  it("row 25: the first key signs, all verify", () => {
    const before = createKeyRing([SECRET]);
    const during = createKeyRing([NEW, SECRET]);
    const after = createKeyRing([NEW]);
    const old = before.sign("session", "text");
    expect(during.verify("session", "text", old)).toBe(true);
    expect(after.verify("session", "text", old)).toBe(false);
    expect(after.verify("session", "text", during.sign("session", "text"))).toBe(true);
  });

  it("bytes and text are both secrets", () => {
    const text = createKeyRing([SECRET]).sign("session", "text");
    const bytes = createKeyRing([new TextEncoder().encode(SECRET)]).sign("session", "text");
    expect(bytes).toBe(text);
  });

  it("wiping or changing the caller's list and bytes afterwards changes nothing", () => {
    const bytes = new TextEncoder().encode(SECRET);
    const list = [bytes];
    const ring = createKeyRing(list);
    const expected = createKeyRing([SECRET]).sign("session", "text");
    bytes.fill(0);
    list.pop();
    expect(ring.sign("session", "text")).toBe(expected);
  });
});

describe("secrets that are refused at start", () => {
  it.each([
    ["none", []],
    ["a short text", ["hunter2-hunter2-hunter2-hunter2"]],
    ["short bytes", [new Uint8Array(31)]],
    ["a short one after a good one", [SECRET, "hunter2"]],
  ])("%s, without showing it", (_, keys) => {
    const build = (): unknown => createSessions({ store: mapStore(Date.now), keys });
    expect(build).toThrow(TypeError);
    expect(build).toThrow(/^keys/);
    expect(build).not.toThrow(/hunter2/);
  });

  it.each([undefined, null, SECRET, [undefined], [42], [{ length: 99 }]])("%j", (keys) => {
    // @ts-expect-error: what plain JavaScript may pass
    expect(() => createKeyRing(keys)).toThrow(/^keys/);
    // @ts-expect-error
    expect(() => createKeyRing(keys)).not.toThrow(/secret of thirty/);
  });
});

describe("S7: rotation of the secret", () => {
  it("row 25: logs nobody out while the old key is in the ring; an unknown key is anonymous, not an error", async () => {
    const app = testApp({ keys: [SECRET] });
    const browser = app.browser();
    await browser.visit((session) => session.login({ id: "ann" }));
    const during = app.another({ keys: [NEW, SECRET] });
    const after = app.another({ keys: [NEW] });
    const user = (session: { user: unknown }): unknown => session.user;
    expect(await browser.visit(user, { sessions: during })).toEqual({ id: "ann" });
    expect(await browser.visit(user, { sessions: after })).toBeNull();
    await browser.visit((session) => session.login({ id: "ann" }), { sessions: during });
    expect(await browser.visit(user, { sessions: after })).toEqual({ id: "ann" });
  });
});
