import { fork } from "node:child_process";
import { once } from "node:events";
import {
  chmod,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { csvTable, type Table } from "../src/index.ts";
import { raceInTwoProcesses } from "./process-races.ts";
import { type TableSubject, tableContract } from "./table-contract.ts";
import { contractRows } from "./table-contract-rule.ts";

vi.setConfig({ testTimeout: 30_000 }); // A busy machine, and many writes that reach the disk.

let folder: string;
let path: string;
const rows = "user,password,role\nalpha,one,admin\nbeta,two,\ngamma,three,member\n";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "latchkey-table-"));
  path = join(folder, "users.csv");
  await writeFile(path, rows);
});
afterEach(() => rm(folder, { recursive: true }));

describe("csvTable", () => {
  tableContract({ test: it, create: () => contractFile(",") });
});

describe("csvTable with semicolons, and two instances on one file", () => {
  tableContract({ test: it, create: () => contractFile(";") });
});

it("two processes: every name and every swap is won once", { timeout: 60_000 }, async () => {
  await contractFile(",");
  await raceInTwoProcesses(`csv:${path}`, "");
});

async function contractFile(delimiter: string): Promise<TableSubject> {
  const columns = ["user", "email", "password", "role"];
  const lines = contractRows.map((row) => columns.map((column) => row[column]).join(delimiter));
  await writeFile(path, `${columns.join(delimiter)}\n${lines.join("\n")}\n`);
  await utimes(path, new Date("2026-01-01"), new Date("2026-01-01")); // Not just being written.
  const open = (): Table => csvTable(path, { delimiter, unique: ["user", "email"] });
  return { table: open(), peer: open(), close: async () => {} };
}

describe("reading", () => {
  it("sees every change of the file, however quickly they come", async () => {
    const table = csvTable(path);
    for (let at = 0; at < 40; at++) {
      const value = String(at).padStart(3, "0");
      await writeFile(path, `user,password\nalpha,${value}\n`);
      expect((await table.find("user", "alpha"))[0]?.["password"]).toBe(value);
    }
  });

  it("refuses a file that is larger than allowed, and what is no file", async () => {
    const table = csvTable(path, { maxBytes: 60 });
    await expect(table.all()).rejects.toMatchObject({ code: "ERR_TABLE_TOO_LARGE" });
    await writeFile(path, "user,password\nalpha,one\n");
    expect(await table.all()).toHaveLength(1);
    await expect(csvTable(folder).all()).rejects.toMatchObject({ code: "ERR_TABLE_MISSING" });
    await expect(csvTable("/dev/zero").all()).rejects.toMatchObject({ code: "ERR_TABLE_MISSING" });
  });

  it("sees a file that was renamed over it with the same size and time", async () => {
    const table = csvTable(path);
    const past = new Date("2026-01-01");
    await utimes(path, past, past);
    await table.find("user", "alpha");
    await writeFile(`${path}.new`, rows.replace("one", "ONE"));
    await utimes(`${path}.new`, past, past);
    await rename(`${path}.new`, path);
    expect((await table.find("user", "alpha"))[0]?.["password"]).toBe("ONE");
  });

  it("reads a changed file once for many requests", async () => {
    const lines = Array.from({ length: 50_000 }, (_, at) => `user${at},hash${at}`);
    await writeFile(path, `user,password\n${lines.join("\n")}\n`);
    const table = csvTable(path);
    const startedAt = performance.now();
    await table.find("user", "user1");
    const once = performance.now() - startedAt;
    await Promise.all(Array.from({ length: 50 }, () => table.find("user", "user2")));
    expect(performance.now() - startedAt).toBeLessThan(once * 10 + 500);
  });

  it("reads a byte order mark, Windows line ends and quoted line breaks", async () => {
    await writeFile(path, '\uFEFFuser,password\r\nalpha,"one\r\nmore"\r\n');
    expect(await csvTable(path).find("user", "alpha")).toEqual([
      { user: "alpha", password: "one\r\nmore" },
    ]);
  });

  it("is not fooled by columns named like object members", async () => {
    await writeFile(path, "user,__proto__,constructor\nalpha,one,two\n");
    const [row] = await csvTable(path).find("__proto__", "one");
    expect(Object.entries(row ?? {})).toEqual([
      ["user", "alpha"],
      ["__proto__", "one"],
      ["constructor", "two"],
    ]);
    expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
  });

  it("tells a missing file, and works once it is there", async () => {
    const table = csvTable(join(folder, "later.csv"));
    await expect(table.find("user", "alpha")).rejects.toMatchObject({ code: "ERR_TABLE_MISSING" });
    await expect(table.update({ user: "a" }, { user: "b" })).rejects.toMatchObject({
      code: "ERR_TABLE_MISSING",
    });
    await writeFile(join(folder, "later.csv"), rows);
    expect(await table.find("user", "alpha")).toHaveLength(1);
  });

  it("fails closed on a file that went bad, names the line and not its text", async () => {
    const table = csvTable(path);
    expect(await table.find("user", "alpha")).toHaveLength(1);
    const bad: [text: string | Buffer, problem: string][] = [
      ["user,password\nalpha,secret,extra\n", "line 2 has more or fewer fields"],
      ['user,password\na,b\nalpha,"secret\n', "opens a quote that is never closed"],
      ['user,password\nalpha,"secret"x\n', "line 2 has text after a closing quote"],
      ['user,password\nalpha,sec"ret\n', "line 2 has a quote inside an unquoted field"],
      ["", "line 1 must name the columns"],
      ["user,password,user\n", "line 1 has the column 'user' twice"],
      ["user,,role\n", "line 1 has a column without a name"],
      [Buffer.from("user,password\nm\xfcller,secret\n", "latin1"), "not UTF-8"],
    ];
    for (const [text, problem] of bad) {
      await writeFile(path, text);
      const error: unknown = await table.find("user", "alpha").catch((fault: unknown) => fault);
      expect(error).toMatchObject({ name: "TableError", code: "ERR_TABLE_MALFORMED" });
      expect(error).toHaveProperty("message", expect.stringContaining(problem));
      expect(error).not.toHaveProperty("cause");
      expect(JSON.stringify(error) + String(error)).not.toContain("sec");
      await expect(table.insert({ user: "x" })).rejects.toBeInstanceOf(Error);
      if (typeof text === "string") expect(await readFile(path, "utf8")).toBe(text);
    }
    await writeFile(path, rows);
    expect(await table.find("user", "alpha")).toHaveLength(1);
  });

  it("does not hold up other work while it reads a long file", async () => {
    const lines = Array.from({ length: 100_000 }, (_, at) => `user${at},hash${at},role`);
    await writeFile(path, `user,password,role\n${lines.join("\n")}\n`);
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await csvTable(path).find("user", "user99999");
    clearInterval(timer);
    expect(turns).toBeGreaterThan(20);
  });
});

describe("writing", () => {
  it("keeps mode, byte order mark, line ends, order and the other rows as they were", async () => {
    await writeFile(path, `\uFEFF${rows.replaceAll("\n", "\r\n")}`);
    await chmod(path, 0o640);
    await csvTable(path).update({ user: "alpha" }, { password: 'o"n,e' });
    expect(await readFile(path, "utf8")).toBe(
      '\uFEFFuser,password,role\r\nalpha,"o""n,e",admin\r\nbeta,two,\r\ngamma,three,member\r\n',
    );
    expect((await stat(path)).mode & 0o777).toBe(0o640);
  });

  it("leaves nothing behind, and nothing written when nothing matches", async () => {
    const before = await stat(path, { bigint: true });
    await csvTable(path).update({ user: "nobody" }, { role: "x" });
    expect((await stat(path, { bigint: true })).ino).toBe(before.ino);
    await csvTable(path).insert({ user: "delta" });
    expect(await readdir(folder)).toEqual(["users.csv"]);
  });

  it("writes through a symbolic link", async () => {
    const link = join(folder, "link.csv");
    await symlink(path, link);
    await csvTable(link).insert({ user: "delta" });
    expect(await readFile(path, "utf8")).toContain("delta,,");
    expect(await readdir(folder)).toEqual(["link.csv", "users.csv"]);
  });

  it("writes numbers, booleans and null as text, and finds them by it", async () => {
    const table = csvTable(path);
    await table.insert({ user: 42, password: null, role: true });
    expect(await table.find("user", 42)).toEqual([{ user: "42", password: "", role: "true" }]);
    expect(await table.update({ user: 42, password: null }, { role: false })).toBe(1);
  });

  it("keeps an empty value in a file of one column", async () => {
    await writeFile(path, "user\nalpha\n");
    const table = csvTable(path);
    await table.insert({ user: "" });
    expect(await table.find("user", "")).toEqual([{ user: "" }]);
  });

  it("never writes a file that is larger than it may read", async () => {
    const table = csvTable(path, { maxBytes: rows.length + 20 });
    await table.insert({ user: "delta" });
    const before = await readFile(path, "utf8");
    const tooLarge = { code: "ERR_TABLE_TOO_LARGE" };
    const row = { user: "epsilon", password: "long".repeat(10) };
    await expect(table.insert(row)).rejects.toMatchObject(tooLarge);
    await expect(table.insertIfAbsent(row, "user")).rejects.toMatchObject(tooLarge);
    expect(await readFile(path, "utf8")).toBe(before);
    expect(await readdir(folder)).toEqual(["users.csv"]);
    expect(await table.find("user", "delta")).toHaveLength(1);
  });

  it("keeps only the columns apart that it was told, and no empty texts", async () => {
    const loose = csvTable(path);
    await loose.insert({ user: "alpha", role: "again" });
    expect(await loose.find("user", "alpha")).toHaveLength(2); // Nobody, to a login.
    const strict = csvTable(path, { unique: ["user", "password"] });
    const taken = { code: "ERR_TABLE_CONFLICT" };
    await expect(strict.insert({ user: "alpha" })).rejects.toMatchObject(taken);
    await expect(strict.update({ user: "alpha" }, { password: "same" })).rejects.toMatchObject(
      taken,
    );
    await strict.insert({ user: "delta" });
    await strict.insert({ user: "epsilon" }); // Both without a password.
    expect(await strict.update({ user: "delta" }, { password: "" })).toBe(1);
    expect(await strict.update({ user: "delta" }, { password: "d" })).toBe(1);
    expect(await strict.insertIfAbsent({ user: "zeta", password: "d" }, "user")).toBe(false);
    await expect(csvTable(path, { unique: ["e-mail"] }).all()).rejects.toMatchObject({
      code: "ERR_TABLE_COLUMN",
    });
  });

  it("is whole whenever a writer is killed", async () => {
    const writer = new URL("./csv-writer.ts", import.meta.url);
    for (let at = 0; at < 5; at++) {
      const copy = join(folder, `killed${at}.csv`);
      await writeFile(copy, rows);
      const child = fork(writer, [copy, "x", "100000"], {
        execArgv: ["--conditions=@latchkey/source"],
      });
      while ((await stat(copy)).size < 200 + at * 37) await sleep(1);
      child.kill("SIGKILL");
      await once(child, "exit");
      const [gamma] = await csvTable(copy).find("user", "gamma");
      const written = await csvTable(copy).find("role", "written", 100_000);
      expect(written.length).toBeGreaterThan(0);
      expect(written.length - Number(gamma?.["password"])).toBeOneOf([0, 1]);
    }
  }, 60_000);

  it("loses no write of four processes", async () => {
    const writer = new URL("./csv-writer.ts", import.meta.url);
    const children = ["a", "b", "c", "d"].map((name) =>
      fork(writer, [path, name, "25"], { execArgv: ["--conditions=@latchkey/source"] }),
    );
    const codes = await Promise.all(children.map(async (child) => (await once(child, "exit"))[0]));
    expect(codes).toEqual([0, 0, 0, 0]);
    const table = csvTable(path);
    expect(await table.find("role", "written", 1_000)).toHaveLength(100);
    expect((await table.find("user", "gamma"))[0]?.["password"]).toBe("100");
    expect(await readdir(folder)).toEqual(["users.csv"]);
  }, 60_000);
});

it("refuses options that cannot work, naming them", () => {
  expect(() => csvTable("")).toThrow(/path/);
  for (const delimiter of ["", '"', "\n", ",,"]) {
    expect(() => csvTable(path, { delimiter })).toThrow(/delimiter/);
  }
  for (const maxBytes of [0, -1, 1.5, Number.NaN, 2 ** 31]) {
    expect(() => csvTable(path, { maxBytes })).toThrow(/maxBytes/);
  }
  for (const json of ['"user"', "[1]", '[""]']) {
    expect(() => csvTable(path, { unique: JSON.parse(json) })).toThrow(/unique/);
  }
});
