import { describe, expect, it } from "vitest";
import { createPasswordHasher, sharedPasswordHasher } from "../src/index.ts";

describe("hashing", () => {
  it("makes argon2id hashes of the required cost, each with its own salt", async () => {
    const hasher = createPasswordHasher();
    const [first, second] = await Promise.all([hasher.hash("secret"), hasher.hash("secret")]);
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(second).not.toBe(first);
    expect(await hasher.verify("secret", first)).toEqual({ ok: true, outdated: false });
  });

  it("hashes exactly what it gets: no normalisation, no trimming, no folding", async () => {
    const hasher = createPasswordHasher({ memoryKiB: 64, passes: 1, allowWeak: true });
    const stored = await hasher.hash("caf\u00e9");
    for (const other of ["cafe\u0301", " caf\u00e9", "Caf\u00e9"]) {
      expect((await hasher.verify(other, stored)).ok).toBe(false);
    }
  });

  it("refuses what could not be typed again", async () => {
    const hasher = createPasswordHasher();
    for (const bad of ["", "x".repeat(1_025), "\ud800"]) {
      await expect(hasher.hash(bad)).rejects.toThrow(TypeError);
    }
  });

  it("is shared by default", () => {
    expect(sharedPasswordHasher()).toBe(sharedPasswordHasher());
  });
});

describe("the queue", () => {
  it("runs one, lets 100 wait and refuses the next at once", async () => {
    const hasher = createPasswordHasher({
      memoryKiB: 1_024,
      passes: 1,
      concurrency: 1,
      allowWeak: true,
    });
    const stored = await hasher.hash("secret");
    const accepted = Array.from({ length: 101 }, () => hasher.verify("secret", stored));
    expect(hasher.load).toMatchObject({ running: 1, waiting: 100 });
    let finished = 0;
    for (const one of accepted) void one.then(() => finished++);
    for (const refused of [
      hasher.verify("secret", stored),
      hasher.dummyVerify("secret"),
      hasher.hash("secret"),
    ]) {
      await expect(refused).rejects.toMatchObject({ name: "HashError", code: "ERR_HASH_BUSY" });
    }
    expect(finished).toBeLessThan(10);
    expect((await Promise.all(accepted)).every(({ ok }) => ok)).toBe(true);
    expect(hasher.load).toEqual({ running: 0, waiting: 0, done: 102 });
    expect(await hasher.verify("secret", stored)).toMatchObject({ ok: true });
  });

  it("lets none wait when told so", async () => {
    const hasher = createPasswordHasher({ concurrency: 2, queueLimit: 0 });
    const both = [hasher.dummyVerify("a"), hasher.dummyVerify("b")];
    await expect(hasher.dummyVerify("c")).rejects.toMatchObject({ code: "ERR_HASH_BUSY" });
    await Promise.all(both);
  });

  it.each([
    ["argon2id", `$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$${"A".repeat(43)}`, 20],
    ["sha256_crypt", `$5$rounds=100000$salt$${"a".repeat(43)}`, 1],
    ["PBKDF2", `$pbkdf2-sha256$300000$AAAA$${"A".repeat(43)}`, 1],
  ])("leaves the event loop free during %s", async (_, stored, times) => {
    const hasher = createPasswordHasher();
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await Promise.all(Array.from({ length: times }, () => hasher.verify("secret", stored)));
    clearInterval(timer);
    expect(turns).toBeGreaterThan(15);
  });
});

describe("options", () => {
  it.each([
    [{ memoryKiB: 64 }, /allowWeak/],
    [{ passes: 1 }, /allowWeak/],
    [{ memoryKiB: 0 }, /memoryKiB/],
    [{ memoryKiB: 2 ** 30 }, /memoryKiB/],
    [{ passes: 1.5 }, /passes/],
    [{ parallelism: 17 }, /parallelism/],
    [{ memoryKiB: 64, parallelism: 16, allowWeak: true }, /memoryKiB/],
    [{ concurrency: 0 }, /concurrency/],
    [{ queueLimit: -1 }, /queueLimit/],
    [{ queueLimit: Number.POSITIVE_INFINITY }, /queueLimit/],
  ])("refuses %o", (options, message) => {
    expect(() => createPasswordHasher(options)).toThrow(message);
  });

  it.each([
    { memoryKiB: 47_104, passes: 1 },
    { memoryKiB: 12_288, passes: 3 },
    { memoryKiB: 7_168, passes: 5 },
    { memoryKiB: 65_536, passes: 3, parallelism: 4 },
  ])("accepts OWASP's and RFC 9106's %o", (options) => {
    expect(createPasswordHasher(options).load.done).toBe(0);
  });
});
