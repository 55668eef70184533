// Latchkey as an application uses it: the adapter's public API, over a store whose calls are counted.

import { latchkey } from "@latchkey/adapter-express";
import type { Store } from "@latchkey/session-core";
import type { App, Data, User } from "../express-app.ts";

export function setUpLatchkey(app: App, store: Store, count: (call: string) => void): void {
  const keys = ["a secret of the benchmark, 32 characters or more"];
  const auth = latchkey<User, Data>({ store: countedStore(store, count), keys });
  app.use(auth.session);
  app.post("/enter", async (req, res) => {
    const session = auth.sessionOf(req);
    await session.login({ id: "u1", name: "Ada Lovelace" });
    session.data.color = "green";
    res.send("ok");
  });
  app.get("/read", (req, res) => {
    const { user, data } = auth.sessionOf(req);
    res.send(`${user?.id ?? "-"} ${data.color ?? "-"}`);
  });
  app.post("/write", (req, res) => {
    const { data } = auth.sessionOf(req);
    data.n = (data.n ?? 0) + 1;
    res.send(String(data.n));
  });
}

function countedStore(store: Store, count: (call: string) => void): Store {
  function counted<Args extends unknown[], Result>(
    name: keyof Store,
    call: (...args: Args) => Result,
  ): (...args: Args) => Result {
    return (...args) => {
      count(name);
      return call(...args);
    };
  }
  return {
    create: counted("create", (record) => store.create(record)),
    get: counted("get", (id) => store.get(id)),
    replace: counted("replace", (next) => store.replace(next)),
    touch: counted("touch", (id, seenAt, expiresAt) => store.touch(id, seenAt, expiresAt)),
    delete: counted("delete", (id) => store.delete(id)),
    listByOwner: counted("listByOwner", (owner, limit) => store.listByOwner(owner, limit)),
    scan: counted("scan", (prefix, cursor, limit) => store.scan(prefix, cursor, limit)),
    deleteByOwner: counted("deleteByOwner", (owner, id) => store.deleteByOwner(owner, id)),
    deleteExpired: counted("deleteExpired", (limit) => store.deleteExpired(limit)),
  };
}
