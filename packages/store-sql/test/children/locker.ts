// Takes the one lock for writing that an SQLite file has, and keeps it for as many milliseconds as it is
// told, or until it is told to end.
import { once } from "node:events";
import { DatabaseSync } from "node:sqlite";
import { argument, say } from "./ipc.ts";

const database = new DatabaseSync(argument(0), { timeout: 5_000 });
database.exec("begin immediate");
const ended = once(process, "SIGTERM");
const keeper = setTimeout(() => process.emit("SIGTERM"), Number(argument(1, "60000")));
say("locked");
await ended;
clearTimeout(keeper);
database.exec("rollback");
database.close();
