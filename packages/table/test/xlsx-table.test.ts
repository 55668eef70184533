import { mkdtemp, rename, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import writeXlsxFile from "write-excel-file/node";
import { xlsxTable } from "../src/index.ts";
import { makeSharingZip, makeZip, partsOf, textRow } from "./make-xlsx.ts";
import { tableContract } from "./table-contract.ts";
import { contractRows } from "./table-contract-rule.ts";

vi.setConfig({ testTimeout: 60_000 }); // A busy machine.

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "latchkey-table-"));
  path = join(folder, "users.xlsx");
});
afterEach(() => rm(folder, { recursive: true }));

const columns = ["user", "email", "password", "role"];
const users = [columns, ...contractRows.map((row) => columns.map((name) => String(row[name])))];
const two = textRow(1, ["user", "role"]) + textRow(2, ["alpha", "admin"]);

/** The file as it is on disk in the end. */
async function put(bytes: Buffer): Promise<void> {
  await writeFile(path, bytes);
  await utimes(path, new Date("2026-01-01"), new Date("2026-01-01"));
}

async function expectRefusal(code: string, text = ""): Promise<void> {
  const error = await xlsxTable(path)
    .find("user", "alpha")
    .catch((fault: unknown) => fault);
  expect(error).toMatchObject({ name: "TableError", code });
  expect(error).toHaveProperty("message", expect.stringContaining(text));
  expect(error).not.toHaveProperty("cause");
}

describe("xlsxTable", () => {
  tableContract({
    test: it,
    readOnly: true,
    emptyIsNull: true,
    async create() {
      await writeXlsxFile(users).toFile(path);
      return { table: xlsxTable(path), close: async () => {} };
    },
  });
});

describe("reading", () => {
  it("reads numbers, booleans, dates, formulas' results and text with all its blanks", async () => {
    await writeXlsxFile([
      ["user", "n", "yes", "since", "text", "none"],
      [
        "alpha",
        42,
        true,
        { value: new Date("2026-01-02T03:04:05Z"), format: "yyyy-mm-dd hh:mm:ss" },
        " <a & b> ",
        null,
      ],
      [7, 0.5, false, null, "Zoë 😀\nline", "x"],
    ]).toFile(path);
    const table = xlsxTable(path);
    expect(await table.all()).toEqual([
      {
        user: "alpha",
        n: 42,
        yes: true,
        since: "2026-01-02T03:04:05.000Z",
        text: " <a & b> ",
        none: null,
      },
      { user: 7, n: 0.5, yes: false, since: null, text: "Zoë 😀\nline", none: "x" },
    ]);
    expect(await table.find("user", "7")).toHaveLength(1); // As it comes from a form.
    expect(await table.find("n", 42)).toHaveLength(1);
    expect(await table.find("none", null)).toHaveLength(1);
  });

  it("reads the first sheet, or the one that is named or counted", async () => {
    await writeXlsxFile([
      { sheet: "Notes", data: [["note"], ["read me"]] },
      { sheet: "Users", data: users },
    ]).toFile(path);
    expect(await xlsxTable(path).all()).toEqual([{ note: "read me" }]);
    expect(await xlsxTable(path, { sheet: "Users" }).find("user", "alpha")).toHaveLength(1);
    expect(await xlsxTable(path, { sheet: 2 }).find("user", "alpha")).toHaveLength(1);
    for (const sheet of ["users", 3]) {
      await expect(xlsxTable(path, { sheet }).all()).rejects.toMatchObject({
        code: "ERR_TABLE_MISSING",
        message: expect.stringContaining("no sheet"),
      });
    }
  });

  it("sees a new file under the old name, and tells a missing one", async () => {
    const table = xlsxTable(path);
    await expect(table.all()).rejects.toMatchObject({ code: "ERR_TABLE_MISSING" });
    await put(makeZip(partsOf(`<sheetData>${two}</sheetData>`)));
    expect(await table.find("user", "alpha")).toEqual([{ user: "alpha", role: "admin" }]);
    const next = two.replace("admin", "guest");
    await writeFile(`${path}.new`, makeZip(partsOf(`<sheetData>${next}</sheetData>`)));
    await rename(`${path}.new`, path);
    expect(await table.find("user", "alpha")).toEqual([{ user: "alpha", role: "guest" }]);
  });

  it("skips empty lines and columns, and reads cells with prefixes, gaps and single quotes", async () => {
    const prefixed = two.replaceAll(/<(\/?)(row|c|is|t)\b/g, "<$1x:$2").replaceAll('"', "'");
    await put(makeZip(partsOf(`<x:sheetData>${prefixed}<x:row r='9'/></x:sheetData>`)));
    expect(await xlsxTable(path).all()).toEqual([{ user: "alpha", role: "admin" }]);
    const gap = textRow(1, ["user", "role"]) + textRow(5, ["alpha"]);
    await put(makeZip(partsOf(`<sheetData>${gap}</sheetData>`)));
    expect(await xlsxTable(path).all()).toEqual([{ user: "alpha", role: null }]);
    const wide = two.replaceAll('r="B', 'r="D');
    await put(makeZip(partsOf(`<sheetData>${wide}</sheetData>`)));
    expect(await xlsxTable(path).all()).toEqual([{ user: "alpha", role: "admin" }]);
  });

  it("refuses a first line that doesn't name the columns", async () => {
    for (const [sheet, problem] of [
      ["", "the sheet is empty"],
      [textRow(1, ["user", "role", "user"]), "the column 'user' twice"],
      [`${textRow(1, ["user"])}${textRow(2, ["alpha", "secret"])}`, "a column without a name"],
    ] as const) {
      await put(makeZip(partsOf(`<sheetData>${sheet}</sheetData>`)));
      await expectRefusal("ERR_TABLE_MALFORMED", problem);
    }
  });

  it("refuses what is no spreadsheet, or only a part of one", async () => {
    const whole = makeZip(partsOf(`<sheetData>${two}</sheetData>`));
    for (const bytes of [
      "",
      "user,role\nalpha,admin\n",
      "PK\x03\x04",
      "PK\x05\x06",
      "\xd0\xcf\x11\xe0",
    ]) {
      await put(Buffer.from(bytes, "latin1"));
      await expectRefusal("ERR_TABLE_MALFORMED");
    }
    for (let length = 1; length < whole.length; length += 37) {
      await put(whole.subarray(0, length));
      await expectRefusal("ERR_TABLE_MALFORMED");
    }
    for (const change of [
      { flags: 1 },
      { method: 12 },
      { crc: 1 },
      { size: 10 },
      { size: 9_999 },
    ]) {
      await put(makeZip(partsOf(`<sheetData>${two}</sheetData>`), { "xl/workbook.xml": change }));
      await expectRefusal("ERR_TABLE_MALFORMED");
    }
    const broken = two.replace("</row>", "");
    await put(makeZip(partsOf(`<sheetData>${broken}</sheetData>`)));
    await expectRefusal("ERR_TABLE_MALFORMED");
    await put(
      makeZip(partsOf('<sheetData><row r="1"><c r="A1" t="n"><v>secret</v></c></row></sheetData>')),
    );
    await expectRefusal("ERR_TABLE_MALFORMED", "row 1, col 1 can't be read");
  });
});

describe("size", () => {
  const bomb = Buffer.alloc(100 * 1024 ** 2, " ");
  const sheet = "xl/worksheets/sheet1.xml";

  /** What reading takes at its most, beyond what there was before, in MiB. */
  async function memoryOf(work: () => Promise<void>): Promise<number> {
    const before = process.memoryUsage().rss;
    let most = before;
    const timer = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss);
    }, 2);
    await work();
    clearInterval(timer);
    return (Math.max(most, process.memoryUsage().rss) - before) / 1024 ** 2;
  }

  it("refuses a zip bomb before it unpacks anything", async () => {
    await put(makeZip({ ...partsOf(""), [sheet]: bomb }));
    const mib = await memoryOf(() => expectRefusal("ERR_TABLE_TOO_LARGE", "unpacked"));
    expect(mib).toBeLessThan(60);
  });

  it("refuses one that lies about its size once it has grown to it", {
    timeout: 60_000,
  }, async () => {
    for (const size of [0, 1_000, 1024 ** 2]) {
      await put(makeZip({ ...partsOf(""), [sheet]: bomb }, { [sheet]: { size } }));
      const mib = await memoryOf(() => expectRefusal("ERR_TABLE_MALFORMED", "lies about the size"));
      expect(mib).toBeLessThan(60);
    }
  });

  it("adds up many parts that are each small enough", async () => {
    const some = Buffer.alloc(15 * 1024 ** 2, " ");
    const more = { "xl/a.xml": some, "xl/b.xml": some, "xl/worksheets/c.xml": some };
    await put(makeZip({ ...partsOf(`<sheetData>${two}</sheetData>`), ...more }));
    await expectRefusal("ERR_TABLE_TOO_LARGE");
  });

  it("refuses files that share their bytes", async () => {
    const empty = Buffer.from([0, 0, 0, 0xff, 0xff]);
    const data = Buffer.concat([Buffer.alloc(100_000, empty), Buffer.from([1, 0, 0, 0xff, 0xff])]);
    await put(makeSharingZip(data, ["xl/a.xml", "xl/b.xml", "xl/workbook.xml"]));
    await expectRefusal("ERR_TABLE_MALFORMED", "overlap");
  });

  it("leaves packed what is not read, and what the directory doesn't name", async () => {
    const parts = {
      "xl/media/image.xml": bomb,
      "xl/hidden.xml": bomb,
      ...partsOf(`<sheetData>${two}</sheetData>`),
    };
    await put(makeZip(parts, { "xl/hidden.xml": { hidden: true } }));
    const mib = await memoryOf(async () => {
      expect(await xlsxTable(path).find("user", "alpha")).toHaveLength(1);
    });
    expect(mib).toBeLessThan(100);
  });

  it("refuses a cell so far away that a reader would fill billions up to it", async () => {
    const cell = (place: string): string => `<row><c r="${place}"><v>1</v></c></row>`;
    for (const [far, code] of [
      [cell("XFD1048576"), "ERR_TABLE_TOO_LARGE"],
      [
        '<row r="1048576"><c r="A1048576"><v>1</v></c><c r="XFD1048576"><v>1</v></c></row>',
        "ERR_TABLE_TOO_LARGE",
      ],
      [`${'<row><c r="A1"/></row>'.repeat(1_000)}${cell("XFD2000")}`, "ERR_TABLE_TOO_LARGE"],
      [cell("ZZZZZZ1"), "ERR_TABLE_MALFORMED"],
      [cell("A99999999"), "ERR_TABLE_MALFORMED"],
      ['<row r="1e9"/>', "ERR_TABLE_MALFORMED"],
      ["<row r='0x3B9ACA00'/>", "ERR_TABLE_MALFORMED"],
      ['<row r="&#57;99999999"/>', "ERR_TABLE_MALFORMED"],
      ['<row x:r="999999999"/>', "ERR_TABLE_MALFORMED"],
      ['<x:row  a="1"\n r = "999999999"/>', "ERR_TABLE_MALFORMED"],
      ['<row r=\'1\' a="\'" r="999999999"/>', "ERR_TABLE_MALFORMED"],
      ['<!-- " --><row r="999999999"/><!-- " -->', "ERR_TABLE_MALFORMED"],
      ['<row a="<" r="999999999"/>', "ERR_TABLE_MALFORMED"],
      ["<![CDATA[ <a ' ]]><row r='999999999'/>", "ERR_TABLE_MALFORMED"],
      ['<!DOCTYPE a [<!ENTITY b "c">]>', "ERR_TABLE_MALFORMED"],
      ['<row r="1" a=\'', "ERR_TABLE_MALFORMED"],
    ] as const) {
      await put(makeZip(partsOf(`<sheetData>${far}</sheetData>`)));
      const mib = await memoryOf(() => expectRefusal(code));
      expect(mib, far.slice(0, 60)).toBeLessThan(40);
    }
  });

  it("reads a small table above formats that go down to the last line", async () => {
    const end = '<row r="1048575"/><row r="1048576"><c r="A1048576"/><c r="XFD1048576"/></row>';
    await put(makeZip(partsOf(`<sheetData>${two}${end}</sheetData>`)));
    expect(await xlsxTable(path).all()).toEqual([{ user: "alpha", role: "admin" }]);
  });

  it("refuses what keeps a reader busy for long, and soon", async () => {
    const long = " ".repeat(20 * 1024 ** 2);
    for (const [odd, code] of [
      [long, "ERR_TABLE_MALFORMED"],
      [`<row a="${long}"/>`, "ERR_TABLE_MALFORMED"],
      [`<row a='${'"'.repeat(20 * 1024 ** 2)}`, "ERR_TABLE_MALFORMED"],
      ["<row/>".repeat(2_000_000), "ERR_TABLE_TOO_LARGE"],
      ['<row><c r="A1"><v>1</v></c></row>'.repeat(500_000), "ERR_TABLE_MALFORMED"],
      [`${"<row/>".repeat(900_000)}<row><c r="XA1"><v>1</v></c></row>`, "ERR_TABLE_TOO_LARGE"],
    ] as const) {
      await put(makeZip(partsOf(`<sheetData>${odd}</sheetData>`)));
      const before = process.cpuUsage();
      await expectRefusal(code);
      const { user, system } = process.cpuUsage(before);
      expect((user + system) / 1_000_000, `seconds of CPU, ${odd.slice(0, 20)}`).toBeLessThan(10);
    }
  });

  it("refuses a file that is larger than allowed before it reads it", async () => {
    await writeXlsxFile(users).toFile(path);
    const table = xlsxTable(path, { maxBytes: 1_000 });
    await expect(table.all()).rejects.toMatchObject({ code: "ERR_TABLE_TOO_LARGE" });
    const small = xlsxTable(path, { maxInflatedBytes: 1_000 });
    await expect(small.all()).rejects.toMatchObject({ code: "ERR_TABLE_TOO_LARGE" });
    expect(await xlsxTable(path, { maxBytes: 100_000 }).all()).toHaveLength(3);
  });

  it("reads 10,000 rows", async () => {
    const rows = Array.from({ length: 10_000 }, (_, at) => [
      `user${at}`,
      `u${at}@a.example`,
      "p",
      "r",
    ]);
    await writeXlsxFile([columns, ...rows]).toFile(path);
    const [row] = await xlsxTable(path).find("user", "user9999");
    expect(row?.["email"]).toBe("u9999@a.example");
  });
});

it("refuses options that cannot work, naming them", () => {
  expect(() => xlsxTable("")).toThrow(/path/);
  for (const sheet of ["", 0, -1, 1.5]) expect(() => xlsxTable(path, { sheet })).toThrow(/sheet/);
  expect(() => xlsxTable(path, { maxBytes: 0 })).toThrow(/maxBytes/);
  expect(() => xlsxTable(path, { maxInflatedBytes: 2 ** 40 })).toThrow(/maxInflatedBytes/);
});
