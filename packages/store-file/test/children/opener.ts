// Each time it is told "go" it tries to open the file, and says whether it is the one.
import { StoreError } from "@latchkey/session-core";
import { openFileStore } from "../../src/index.ts";
import { newRecord } from "../test-folder.ts";
import { argument, say, told } from "./ipc.ts";

say("ready");
for await (const _ of told()) {
  try {
    const store = await openFileStore(argument(0), { flush: "write-through" });
    await store.create(newRecord(`session:${process.pid}`));
    say("won");
  } catch (error) {
    const refused = error instanceof StoreError && error.message.includes("open already");
    say(refused ? "refused" : String(error));
  }
}
