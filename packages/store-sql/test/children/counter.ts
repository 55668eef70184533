// Raises a shared counter by compare and swap, and creates and deletes records of its own.
import { sqlStore } from "../../src/index.ts";
import { openDatabase } from "../databases.ts";
import { argument, say } from "./ipc.ts";

const target = argument(0);
/** Of a file, the default must do: two busy processes are nothing unusual. */
const patience = target.includes("://") ? { timeout: "10s" as const } : {};
const db = openDatabase(target);
const store = sqlStore(db, { table: argument(2, "latchkey_records"), ...patience });
const rounds = Number(argument(1));

for (let round = 0; round < rounds; round++) {
  for (let won = false; !won; ) {
    const current = await store.get("counter:shared");
    if (!current) throw new Error("the counter is gone");
    const data = String(Number(current.data) + 1);
    won = await store.replace({ ...current, data, version: current.version + 1 });
  }
  const now = Date.now();
  const id = `session:${process.pid}-${round}`;
  const times = { createdAt: now, seenAt: now, expiresAt: now + 60_000 };
  await store.create({ id, owner: "u1", data: "{}", ...times, version: 1 });
  await store.touch(id, now + 1, now + 70_000);
  if (round % 2 === 0) await store.delete(id);
}
await db.destroy();
say("done");
