// What every table must do, run against each kind of table.

import { expect, it } from "vitest";
import type { Table } from "../src/index.ts";

/** @param open Makes a table with the columns user, password and role, and the three rows below. */
export function tableContract(open: () => Promise<Table>): void {
  it("finds rows by any column, with all their columns", async () => {
    const table = await open();
    expect(await table.find("user", "alpha")).toEqual([
      { user: "alpha", password: "one", role: "admin" },
    ]);
    expect(await table.find("password", "two")).toEqual([
      { user: "beta", password: "two", role: "" },
    ]);
  });

  it("finds nothing for a value that no row has", async () => {
    const table = await open();
    for (const value of ["", "ALPHA", "alpha ", " alpha", "alph", "álpha", "__proto__", "user"]) {
      expect(await table.find("user", value)).toEqual([]);
    }
  });

  it("keeps the empty text apart from other values", async () => {
    const table = await open();
    const [beta] = await table.find("role", "");
    expect(beta?.["user"]).toBe("beta");
  });

  it("shows two rows of the same value, and no more than asked for", async () => {
    const table = await open();
    for (const password of ["x", "y", "z"])
      await table.insert({ user: "twin", password, role: "" });
    expect(await table.find("user", "twin")).toHaveLength(2);
    expect(await table.find("user", "twin", 1)).toHaveLength(1);
    expect(await table.find("user", "twin", 10)).toHaveLength(3);
  });

  it("keeps every character of a value", async () => {
    const table = await open();
    const odd = [
      'a,b;"c"',
      "two\nlines",
      "two\r\nlines",
      " blanks ",
      "=1+1",
      "Zoë 😀",
      "'; drop--",
    ];
    for (const [at, value] of odd.entries()) {
      await table.insert({ user: `odd${at}`, password: value, role: "" });
    }
    for (const [at, value] of odd.entries()) {
      expect((await table.find("user", `odd${at}`))[0]?.["password"]).toBe(value);
      expect(await table.find("password", value)).toHaveLength(1);
    }
  });

  it("changes only rows that match every given column", async () => {
    const table = await open();
    expect(await table.update({ user: "alpha", password: "wrong" }, { password: "new" })).toBe(0);
    expect(await table.update({ user: "alpha", password: "one" }, { password: "new" })).toBe(1);
    expect(await table.update({ user: "alpha", password: "one" }, { password: "newer" })).toBe(0);
    expect((await table.find("user", "alpha"))[0]).toEqual({
      user: "alpha",
      password: "new",
      role: "admin",
    });
    expect((await table.find("user", "beta"))[0]?.["password"]).toBe("two");
    expect(await table.update({ role: "member" }, { role: "guest" })).toBe(1);
  });

  it("lets one of 50 parallel compare-and-swaps through", async () => {
    const table = await open();
    const counts = await Promise.all(
      Array.from({ length: 50 }, (_, at) =>
        table.update({ user: "alpha", password: "one" }, { password: `new${at}` }),
      ),
    );
    expect(counts.filter((count) => count === 1)).toHaveLength(1);
    expect(counts.filter((count) => count === 0)).toHaveLength(49);
  });

  it("keeps 20 parallel inserts", async () => {
    const table = await open();
    await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        table.insert({ user: `new${at}`, password: "p", role: "many" }),
      ),
    );
    expect(await table.find("role", "many", 100)).toHaveLength(20);
  });

  it("names an unknown column", async () => {
    const table = await open();
    const refused = expect.objectContaining({ name: "TableError", code: "ERR_TABLE_COLUMN" });
    await expect(table.find("nosuch", "nosuch")).rejects.toEqual(refused);
    await expect(table.insert({ user: "x", nosuch: "y" })).rejects.toEqual(refused);
    await expect(table.update({ nosuch: "x" }, { role: "y" })).rejects.toEqual(refused);
    await expect(table.update({ user: "alpha" }, { nosuch: "y" })).rejects.toEqual(refused);
    await expect(table.find('user" or 1=1 --', "x")).rejects.toEqual(refused);
    await expect(table.find("__proto__", "x")).rejects.toEqual(refused);
  });

  it("refuses to change every row or nothing", async () => {
    const table = await open();
    await expect(table.update({}, { role: "x" })).rejects.toThrow(TypeError);
    await expect(table.update({ user: "alpha" }, {})).rejects.toThrow(TypeError);
  });
}
