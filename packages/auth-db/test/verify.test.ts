import { randomBytes, scryptSync } from "node:crypto";
import { encrypt } from "unixcrypt";
import { describe, expect, it, vi } from "vitest";
import { createPasswordHasher } from "../src/index.ts";
import {
  argon2Answers,
  bcryptOf72,
  outdatedAnswers,
  password,
  shaCryptAnswers,
} from "./known-answers.ts";

const hasher = createPasswordHasher({ memoryKiB: 64, passes: 1, allowWeak: true });
const wrong = { ok: false, outdated: false };

describe("known answers", () => {
  it.each(argon2Answers)("verifies %s", async (stored) => {
    expect(await hasher.verify("password", stored)).toMatchObject({ ok: true });
    expect(await hasher.verify("Password", stored)).toEqual(wrong);
  });

  it.each(Object.entries(outdatedAnswers))("verifies %s, to be replaced", async (_, stored) => {
    expect(await hasher.verify(password, stored)).toEqual({ ok: true, outdated: true });
    expect(await hasher.verify(`${password} `, stored)).toEqual(wrong);
    expect(await hasher.verify("", stored)).toEqual(wrong);
  });

  it.each(shaCryptAnswers)("verifies sha-crypt of %s", async (given, stored) => {
    expect(await hasher.verify(given, stored)).toEqual({ ok: true, outdated: true });
    expect(await hasher.verify(`${given}a`, stored)).toEqual(wrong);
  });

  it("verifies sha-crypt of every length as another implementation makes it", async () => {
    for (let length = 1; length <= 96; length++) {
      // unixcrypt 3.0.4 leaves a block out at the lengths of a digest; known answers have those.
      if (length % 32 === 0) continue;
      const given = randomBytes(length).toString("base64").slice(0, length);
      for (const kind of ["$5$rounds=1000$salt", "$6$rounds=1000$saltsaltsaltsalt"]) {
        const stored = encrypt(given, kind);
        expect(await hasher.verify(given, stored)).toEqual({ ok: true, outdated: true });
      }
    }
  });

  it("does not verify once any part of a hash is changed", async () => {
    for (const stored of Object.values(outdatedAnswers)) {
      const last = stored.lastIndexOf("$") + 5;
      const other = stored[last] === "a" ? "b" : "a";
      const changed = stored.slice(0, last) + other + stored.slice(last + 1);
      expect(await hasher.verify(password, changed)).toEqual(wrong);
    }
  });
});

describe("what never verifies", () => {
  const salt = "8PHy8/T19vf4+fr7/P3+/w";
  const hash32 = "AxkmhhGffDHnklsCR/NJtLKj+yTWmhL3nbwRScxziUU";
  it.each([
    ["plain text", password],
    ["an empty text", ""],
    ["a bare digest", "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8"],
    ["Django's unusable password", "!abcdefghijklmnopqrstuvwxyzabcdefghijklmn"],
    ["an empty hash, PBKDF2", `$pbkdf2-sha256$1$${salt}$`],
    ["a short hash, PBKDF2", `$pbkdf2-sha256$1$${salt}$AAAA`],
    ["an empty hash, Django", "pbkdf2_sha256$1$salt$"],
    ["an empty hash, Werkzeug", "pbkdf2:sha256:1$salt$"],
    ["no rounds", `$pbkdf2-sha256$0$${salt}$${hash32}`],
    ["an unknown digest", `$pbkdf2-md5$1000$${salt}$${hash32}`],
    ["an empty hash, scrypt", `$scrypt$ln=10,r=8,p=1$${salt}$`],
    ["scrypt without memory", `$scrypt$ln=0,r=8,p=1$${salt}$${hash32}`],
    ["scrypt with an odd N", `scrypt:1000:8:1$salt$${"00".repeat(64)}`],
    ["argon2 without passes", `$argon2id$v=19$m=64,t=0,p=1$${salt}$${hash32}`],
    ["argon2 without memory", `$argon2id$v=19$m=0,t=1,p=1$${salt}$${hash32}`],
    ["an unknown argon2", `$argon2x$v=19$m=64,t=1,p=1$${salt}$${hash32}`],
    ["a short hash, argon2", `$argon2id$v=19$m=64,t=1,p=1$${salt}$AAAA`],
    ["bcrypt with a low cost", "$2b$03$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG"],
    ["the faulty bcrypt", "$2x$04$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG"],
    ["an endless text", `$pbkdf2-sha256$1$${salt}$${"A".repeat(100_000)}`],
    ["a hash with a line break", `${argon2Answers[4]}\n`],
  ])("%s", async (_, stored) => {
    const before = hasher.load.done;
    expect(await hasher.verify(password, stored)).toEqual(wrong);
    expect(await hasher.verify("", stored)).toEqual(wrong);
    expect(hasher.load.done - before).toBe(2); // not for free either
  });

  it("row 31: costs as much as what could have verified", async () => {
    const slow = createPasswordHasher({ memoryKiB: 65_536, passes: 4 });
    for (const stored of [password, bcryptOf72, `${argon2Answers[4]?.slice(0, -1)}B`]) {
      const started = performance.now();
      expect(await slow.verify("a".repeat(73), stored)).toEqual(wrong);
      expect(performance.now() - started).toBeGreaterThan(15);
    }
  });

  it("row 33: bcrypt with a tail beyond 72 bytes or after NUL", async () => {
    expect(await hasher.verify("a".repeat(72), bcryptOf72)).toMatchObject({ ok: true });
    expect(await hasher.verify(`${"a".repeat(72)}b`, bcryptOf72)).toEqual(wrong);
    expect(await hasher.verify(`${"a".repeat(72)}\0`, bcryptOf72)).toEqual(wrong);
    expect(await hasher.verify(`${"ä".repeat(36)}b`, bcryptOf72)).toEqual(wrong);
    const stored = outdatedAnswers["bcrypt 2b"] ?? "";
    expect(await hasher.verify(`${password}\0tail`, stored)).toEqual(wrong);
  });

  it("row 33: argon2id with another tail, however long, or after NUL", async () => {
    for (const given of ["a".repeat(1_024), "a\0b", "ü".repeat(1_000), "😀"]) {
      const stored = await hasher.hash(given);
      expect(await hasher.verify(given, stored)).toEqual({ ok: true, outdated: false });
      expect(await hasher.verify(`${given.slice(0, -1)}c`, stored)).toEqual(wrong);
    }
    const halves = await hasher.hash("\ufffd");
    expect(await hasher.verify("\ud800", halves)).toEqual(wrong);
  });
});

describe("absurd costs", () => {
  const hash = Buffer.alloc(32).toString("base64").replace("=", "");
  it.each([
    `$argon2id$v=19$m=999999999,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$${hash}`,
    `$argon2id$v=19$m=64,t=999999999,p=1$AAAAAAAAAAAAAAAAAAAAAA$${hash}`,
    `$argon2id$v=19$m=65536,t=1,p=255$AAAAAAAAAAAAAAAAAAAAAA$${hash}`,
    `$scrypt$ln=30,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$${hash}`,
    `$scrypt$ln=99,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$${hash}`,
    `$scrypt$ln=10,r=8,p=999999$AAAAAAAAAAAAAAAAAAAAAA$${hash}`,
    `scrypt:536870912:8:1$salt$${"00".repeat(64)}`,
    `$pbkdf2-sha256$999999999$AAAAAAAAAAAAAAAAAAAAAA$${hash}`,
    `pbkdf2_sha256$999999999$salt$${hash}=`,
    `pbkdf2:sha256:999999999$salt$${"00".repeat(32)}`,
    `$5$rounds=999999999$salt$${"a".repeat(43)}`,
    "$2b$31$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG",
  ])("refuses %s at once", async (stored) => {
    const { done } = hasher.load;
    await expect(hasher.verify(password, stored)).rejects.toMatchObject({
      name: "HashError",
      code: "ERR_HASH_COST",
    });
    expect(hasher.load).toEqual({ running: 0, waiting: 0, done }); // not even begun
  });

  it("accepts the costs that are recommended", async () => {
    const salt = randomBytes(16);
    const N = 2 ** 17; // OWASP
    const derived = scryptSync(password, salt, 32, { N, r: 8, p: 1, maxmem: 2 ** 28 });
    const text = (bytes: Buffer) => bytes.toString("base64").replace(/=+$/, "");
    const stored = `$scrypt$ln=17,r=8,p=1$${text(salt)}$${text(derived)}`;
    expect(await hasher.verify(password, stored)).toEqual({ ok: true, outdated: true });
  });
});

describe("outdated argon2", () => {
  it.each([
    ["the same cost", { memoryKiB: 64, passes: 2 }, false],
    ["more memory", { memoryKiB: 128, passes: 1 }, false],
    ["more passes", { memoryKiB: 64, passes: 3 }, false],
    ["less memory", { memoryKiB: 32, passes: 9 }, true],
    ["fewer passes", { memoryKiB: 64, passes: 1 }, true],
  ])("%s", async (_, cost, outdated) => {
    const target = createPasswordHasher({ memoryKiB: 64, passes: 2, allowWeak: true });
    const stored = await createPasswordHasher({ ...cost, allowWeak: true }).hash(password);
    expect(await target.verify(password, stored)).toEqual({ ok: true, outdated });
  });

  it("argon2i and older versions", async () => {
    for (const stored of argon2Answers.slice(0, 4)) {
      expect(await hasher.verify("password", stored)).toEqual({ ok: true, outdated: true });
    }
    expect(await hasher.verify("password", argon2Answers[4] ?? "")).toEqual({
      ok: true,
      outdated: false,
    });
  });
});

it("names the package that bcrypt needs", async () => {
  vi.resetModules();
  vi.doMock("@node-rs/bcrypt", () => {
    throw new Error("Cannot find package");
  });
  const fresh = await import("../src/index.ts");
  const without = fresh.createPasswordHasher({ memoryKiB: 64, passes: 1, allowWeak: true });
  await expect(without.verify(password, bcryptOf72)).rejects.toMatchObject({
    code: "ERR_HASH_PACKAGE",
    message: expect.stringContaining("@node-rs/bcrypt"),
  });
  vi.doUnmock("@node-rs/bcrypt");
});
