// Waits for "go", then writes for ever, several writes at once, and says each change once it is
// answered. Meant to be killed.
import { flushCompileCache } from "node:module";
import { openFileStore } from "../../src/index.ts";
import { newRecord } from "../test-folder.ts";
import { argument, say, told } from "./ipc.ts";

const run = argument(1);
if (run === "0") flushCompileCache(); // It would be kept at the end of the process, which is never reached.
say("ready");
for await (const _ of told()) break;

const store = await openFileStore(argument(0), { flush: "write-through", maxRecords: 1_000_000 });
await Promise.all(Array.from({ length: 8 }, (_, lane) => writeForEver(lane)));

async function writeForEver(lane: number): Promise<void> {
  for (let count = 0; ; count++) {
    const record = newRecord(`session:${run}-${lane}-${count}`, { data: "x".repeat(300) });
    await store.create(record);
    say(`1 ${record.id}`);
    await store.replace({ ...record, data: '"replaced"', version: 2 });
    say(`2 ${record.id}`);
    if (count % 3 === 0) continue;
    await store.delete(record.id);
    say(`0 ${record.id}`);
  }
}
