// hono-sessions in its encrypted cookie, and on its MemoryStore with the encryption key that its
// documentation recommends for that too.

import { CookieStore, MemoryStore, sessionMiddleware } from "hono-sessions";
import { counted } from "./counted.mjs";
import { secret } from "./secret.mjs";

const calls = ["getSessionById", "createSession", "deleteSession", "persistSessionData"];

export const inCookie = (app, context) => routes(app, context, new CookieStore());

export const onMemory = (app, context) =>
  routes(app, context, counted(new MemoryStore(), calls, context.count));

function routes(app, { nextUser }, store) {
  app.use(
    sessionMiddleware({
      store,
      encryptionKey: secret,
      expireAfterSeconds: 24 * 60 * 60,
      cookieOptions: { sameSite: "Lax", path: "/", httpOnly: true },
    }),
  );
  app.post("/enter", (c) => {
    c.get("session").set("user", nextUser());
    c.get("session").set("color", "green");
    return c.text("ok");
  });
  app.get("/read", (c) => {
    const session = c.get("session");
    return c.text(`${session.get("user")?.id ?? "-"} ${session.get("color") ?? "-"}`);
  });
  app.post("/write", (c) => {
    const session = c.get("session");
    const n = (session.get("n") ?? 0) + 1;
    session.set("n", n);
    return c.text(String(n));
  });
}
