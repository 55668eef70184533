// @fastify/secure-session: the data in a cookie encrypted by libsodium.

import secureSession from "@fastify/secure-session";
import { key32 } from "./secret.mjs";

export async function setUp(app, { nextUser }) {
  await app.register(secureSession, { key: key32, cookie: { path: "/", httpOnly: true } });
  app.post("/enter", async (request) => {
    request.session.regenerate();
    request.session.set("user", nextUser());
    request.session.set("color", "green");
    return "ok";
  });
  app.get("/read", async ({ session }) => {
    return `${session.get("user")?.id ?? "-"} ${session.get("color") ?? "-"}`;
  });
  app.post("/write", async ({ session }) => {
    session.set("n", (session.get("n") ?? 0) + 1);
    return String(session.get("n"));
  });
}
