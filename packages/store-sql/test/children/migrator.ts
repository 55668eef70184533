// Opens a store on a database that may be empty, together with others, and uses it once.
import { sqlStore } from "../../src/index.ts";
import { openDatabase } from "../databases.ts";
import { argument, say } from "./ipc.ts";

const db = openDatabase(argument(0));
while (Date.now() < Number(argument(1))); // all start at the same moment
const store = sqlStore(db, { table: argument(2, "latchkey_records"), timeout: "10s" });
const now = Date.now();
const id = `session:${process.pid}`;
const times = { createdAt: now, seenAt: now, expiresAt: now + 60_000 };
await store.create({ id, owner: null, data: "{}", ...times, version: 1 });
say((await store.get(id)) ? "done" : "lost");
await db.destroy();
