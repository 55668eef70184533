// Stores whose calls fail when a test says so, before or after they did their work.

import { type Store, StoreError } from "@latchkey/session-core";
import type { ExpressSessionStore } from "../src/index.ts";

/** Does the work of one call, or not. */
export type Call = <T>(name: string, work: () => Promise<T>) => Promise<T>;

export interface Faults {
  readonly call: Call;
  /** The calls so far. */
  readonly names: string[];
  /** From now on the calls that fit fail; `null`: none. */
  when(fits: ((name: string, count: number) => boolean) | null, how?: "before" | "after"): void;
}

export function faults(): Faults {
  const names: string[] = [];
  let fails: (name: string, count: number) => boolean = () => false;
  let late = false;
  return {
    names,
    when(fits, how = "before") {
      fails = fits ?? (() => false);
      late = how === "after";
    },
    async call(name, work) {
      const bad = fails(name, names.push(name));
      if (bad && !late) throw new StoreError("ERR_STORE_UNAVAILABLE", name);
      const result = await work();
      if (bad) throw new StoreError("ERR_STORE_UNAVAILABLE", name);
      return result;
    },
  };
}

/** `create moved`, `replace session` and so on. */
export function faultyStore(store: Store, call: Call): Store {
  const kind = (id: string): string => id.slice(0, id.indexOf(":"));
  return {
    ...store,
    get: (id) => call(`get ${kind(id)}`, () => store.get(id)),
    create: (record) => call(`create ${kind(record.id)}`, () => store.create(record)),
    replace: (next) => call(`replace ${kind(next.id)}`, () => store.replace(next)),
  };
}

/** `get old` and `destroy old`. */
export function faultyOldStore(store: ExpressSessionStore, call: Call): ExpressSessionStore {
  return {
    get(sid, callback) {
      const work = (): Promise<unknown> =>
        new Promise((resolve, reject) =>
          store.get(sid, (error, found) => (error ? reject(error) : resolve(found))),
        );
      call("get old", work).then((found) => callback(null, found), callback);
    },
    set: (sid, session, callback) => store.set(sid, session, callback),
    destroy(sid, callback) {
      const work = (): Promise<void> =>
        new Promise((resolve, reject) =>
          store.destroy(sid, (error) => (error ? reject(error) : resolve())),
        );
      call("destroy old", work).then(() => callback(), callback);
    },
  };
}
