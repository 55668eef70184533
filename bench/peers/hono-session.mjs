// @hono/session in its encrypted cookie, and on a Map by its `useSessionStorage`.

import { useSession, useSessionStorage } from "@hono/session";
import { counted } from "./counted.mjs";
import { key32 } from "./secret.mjs";

export const inCookie = (app, context) => routes(app, context);

export function onMap(app, context) {
  const sessions = new Map();
  const storage = {
    get: async (id) => JSON.parse(sessions.get(id) ?? "null"),
    set: async (id, value) => void sessions.set(id, JSON.stringify(value)),
    delete: async (id) => void sessions.delete(id),
  };
  app.use(useSessionStorage(counted(storage, Object.keys(storage), context.count)));
  routes(app, context);
}

function routes(app, { nextUser }) {
  app.use(useSession({ secret: key32, duration: { absolute: 24 * 60 * 60 } }));
  app.post("/enter", async (c) => {
    await c.var.session.update({ user: nextUser(), color: "green" });
    return c.text("ok");
  });
  app.get("/read", async (c) => {
    const data = await c.var.session.get();
    return c.text(`${data?.user.id ?? "-"} ${data?.color ?? "-"}`);
  });
  app.post("/write", async (c) => {
    const data = await c.var.session.get();
    const n = (data?.n ?? 0) + 1;
    await c.var.session.update({ ...data, n });
    return c.text(String(n));
  });
}
