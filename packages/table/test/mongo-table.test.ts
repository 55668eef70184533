// By the real driver, against a stand-in for the server: see the README for what that can't show.
import { startMongoStandIn } from "@latchkey/tools/mongo-stand-in";
import { BSON, type Collection, type MongoClient } from "mongodb";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { mongoTable } from "../src/index.ts";
import { openMongo } from "./open-mongo.ts";
import { raceInTwoProcesses } from "./process-races.ts";
import { type TableSubject, tableContract } from "./table-contract.ts";
import { contractRows } from "./table-contract-rule.ts";

vi.setConfig({ testTimeout: 30_000 }); // A busy machine.

type StandIn = Awaited<ReturnType<typeof startMongoStandIn>>;

let server: StandIn;
let clients: MongoClient[] = [];
beforeAll(async () => {
  server = await startMongoStandIn(BSON);
  clients = [openMongo(server.url), openMongo(server.url)];
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client.close(true)));
  await server.close();
});

let made = 0;

async function filled(): Promise<{ name: string; subject: TableSubject }> {
  made += 1;
  const name = `users${made}`;
  const [first, second] = clients.map((client) => client.db("app").collection(name));
  if (!first || !second) throw new Error("no clients");
  await first.createIndex({ user: 1 }, { unique: true });
  await first.createIndex({ email: 1 }, { unique: true });
  const table = mongoTable(first);
  for (const row of contractRows) await table.insert(row);
  return { name, subject: { table, peer: mongoTable(second), close: async () => {} } };
}

function collection(): Collection {
  made += 1;
  const [client] = clients;
  if (!client) throw new Error("no client");
  return client.db("app").collection(`users${made}`);
}

describe("mongoTable", () => {
  tableContract({ test: it, schemaless: true, create: async () => (await filled()).subject });
});

it("two processes: every name and every swap is won once", { timeout: 60_000 }, async () => {
  const { name } = await filled();
  await raceInTwoProcesses(server.url, name);
});

it("promises no unique name where no index keeps it", async () => {
  const users = collection();
  const table = mongoTable(users);
  const row = { user: "delta", email: "d@a.example" };
  const refused = { code: "ERR_TABLE_NOT_UNIQUE" };
  await expect(table.insertIfAbsent(row, "user")).rejects.toMatchObject(refused);
  await users.createIndex({ user: 1 });
  await users.createIndex({ user: 1, email: 1 }, { unique: true });
  const some = { unique: true, partialFilterExpression: { active: true } };
  await users.createIndex({ email: 1 }, some);
  await expect(table.insertIfAbsent(row, "user")).rejects.toMatchObject(refused);
  await expect(table.insertIfAbsent(row, "email")).rejects.toMatchObject(refused);
  await users.createIndex({ user: 1 }, { unique: true, name: "names" });
  expect(await table.insertIfAbsent(row, "user")).toBe(true);
  expect(await table.insertIfAbsent(row, "user")).toBe(false);
  expect(await table.insertIfAbsent({ _id: "x", user: "x" }, "_id")).toBe(true);
  expect(await table.insertIfAbsent({ _id: "x", user: "y" }, "_id")).toBe(false);
});

it("reads MongoDB's own types as plain cells", async () => {
  const users = collection();
  await users.insertOne({
    user: "alpha",
    hash: new BSON.Binary(Buffer.from("$2b$10$abc")),
    big: BSON.Long.fromString("9007199254740993"),
    exact: BSON.Decimal128.fromString("1.50"),
    team: new BSON.ObjectId("0123456789abcdef01234567"),
    since: new Date(0),
    roles: ["a", "b"],
    none: null,
  });
  expect(await mongoTable(users).find("user", "alpha")).toEqual([
    {
      user: "alpha",
      hash: "$2b$10$abc",
      big: "9007199254740993",
      exact: "1.50",
      team: "0123456789abcdef01234567",
      since: "1970-01-01T00:00:00.000Z",
      roles: '["a","b"]',
      none: null,
    },
  ]);
});

it("finds no row by one of many values, and a missing field as null", async () => {
  const users = collection();
  await users.insertOne({ user: "alpha" });
  const table = mongoTable(users);
  expect(await table.find("role", null)).toEqual([{ user: "alpha" }]);
  expect(await table.find("role", "")).toEqual([]);
});

it("shows an _id of one's own, and not one that MongoDB made up", async () => {
  const users = collection();
  const table = mongoTable(users);
  await table.insert({ _id: "alpha", role: "x" });
  await table.insert({ role: "y" });
  expect(await table.find("_id", "alpha")).toEqual([{ _id: "alpha", role: "x" }]);
  expect(await table.find("role", "y")).toEqual([{ role: "y" }]);
});

it("reads from the primary and writes by majority, whatever the collection's settings", async () => {
  const [client] = clients;
  const users = client?.db("app").collection("settings", {
    readPreference: "secondaryPreferred",
    writeConcern: { w: 1 },
  });
  if (!users) throw new Error("no client");
  const table = mongoTable(users);
  server.commands.seen.length = 0;
  await table.insert({ user: "alpha" });
  await table.update({ user: "alpha" }, { role: "x" });
  await table.find("user", "alpha");
  await table.all();
  await table.delete({ user: "alpha" });
  const { seen } = server.commands;
  expect(seen.map((command) => Object.keys(command)[0])).toEqual([
    "insert",
    "update",
    "find",
    "find",
    "delete",
  ]);
  for (const command of seen) {
    if ("find" in command)
      expect(command).not.toHaveProperty("$readPreference.mode", "secondaryPreferred");
    else expect(command).toMatchObject({ writeConcern: { w: "majority" } });
  }
});

it("takes a collection of the application's own type", async () => {
  interface User {
    user: string;
    role: string;
  }
  const [client] = clients;
  const users = client?.db("app").collection<User>("typed");
  if (!users) throw new Error("no client");
  await mongoTable(users).insert({ user: "alpha", role: "x" });
  expect(await mongoTable(users).find("user", "alpha")).toHaveLength(1);
});

it("says nothing of the row when MongoDB fails, and refuses what is no collection", async () => {
  const table = mongoTable(collection());
  server.mode = "fail";
  const calls = [
    table.find("user", "secret"),
    table.insert({ user: "secret" }),
    table.insertIfAbsent({ user: "secret" }, "user"),
    table.update({ user: "secret" }, { role: "secret" }),
    table.delete({ user: "secret" }),
    table.all(),
  ];
  for (const error of await Promise.all(
    calls.map((call) => call.catch((fault: unknown) => fault)),
  )) {
    expect(error).toMatchObject({ name: "TableError", code: "ERR_TABLE_UNAVAILABLE" });
    expect(String(error)).not.toContain("secret");
  }
  server.mode = "work";
  expect(() => mongoTable(JSON.parse("{}"))).toThrow(/collection/);
});
