// Does what it is told to one store, a command a line, and says how that went.
import type { Duration } from "@latchkey/session-core";
import { type FileStore, openFileStore } from "../../src/index.ts";
import { newRecord } from "../test-folder.ts";
import { argument, say, told } from "./ipc.ts";

const flush = argument(1) as Duration | "write-through";
const onError = (error: unknown): void => say(`background ${codesOf(error)}`);
const store = await openFileStore(argument(0), { flush, onError });
say("ready");
for await (const line of told()) {
  const [command = "", id = "", size = "0"] = line.split(" ");
  say(await run(store, command, id, Number(size)).then(String, codesOf));
}

async function run(store: FileStore, command: string, id: string, size: number): Promise<unknown> {
  const data = "x".repeat(size);
  switch (command) {
    case "create":
      return store.create(newRecord(id, { data }));
    case "replace":
      return store.replace(newRecord(id, { data, version: 2 }));
    case "version":
      return (await store.get(id))?.version ?? 0;
    case "delete":
      return store.delete(id);
    case "flush":
      return store.flush();
    case "close":
      return store.close();
    default:
      throw new Error(command);
  }
}

function codesOf(error: unknown): string {
  if (!(error instanceof Error && "code" in error)) return String(error);
  const { cause } = error;
  return `${error.code} ${cause instanceof Error && "code" in cause ? cause.code : ""}`.trim();
}
