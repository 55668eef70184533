// Takes the one lock for writing that an SQLite file has, and keeps it until it is told to end.
import { once } from "node:events";
import { DatabaseSync } from "node:sqlite";
import { argument, say } from "./ipc.ts";

const database = new DatabaseSync(argument(0), { timeout: 5_000 });
database.exec("begin immediate");
const alive = setInterval(() => {}, 1_000); // a signal is nothing that Node waits for
say("locked");
await once(process, "SIGTERM");
clearInterval(alive);
database.exec("rollback");
database.close();
