// Writes one small transaction after the other, and makes a short pause only every 700 ms, until it is
// told to end.
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { argument, say } from "./ipc.ts";

const database = new DatabaseSync(argument(0), { timeout: 5_000 });
database.exec("pragma synchronous = off; create table if not exists busy (n integer)");
let ended = false;
process.on("SIGTERM", () => {
  ended = true;
});
while (!ended) {
  for (const burst = performance.now() + 700; performance.now() < burst; ) {
    database.exec("begin immediate; insert into busy values (1)");
    for (const until = performance.now() + 20; performance.now() < until; );
    database.exec("commit");
    say("committed");
  }
  await sleep(30);
}
database.close();
