// iron-session: the data in a sealed cookie, opened in each handler as its documentation says.

import { getIronSession } from "iron-session";
import { secret } from "./secret.mjs";

const options = { password: secret, cookieName: "session", cookieOptions: { secure: false } };

export function setUp(app, { nextUser }) {
  app.post("/enter", async (req, res) => {
    const session = await getIronSession(req, res, options);
    session.user = nextUser();
    session.color = "green";
    await session.save();
    res.send("ok");
  });
  app.get("/read", async (req, res) => {
    const session = await getIronSession(req, res, options);
    res.send(`${session.user?.id ?? "-"} ${session.color ?? "-"}`);
  });
  app.post("/write", async (req, res) => {
    const session = await getIronSession(req, res, options);
    session.n = (session.n ?? 0) + 1;
    await session.save();
    res.send(String(session.n));
  });
}
