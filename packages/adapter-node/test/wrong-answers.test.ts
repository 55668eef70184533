// An answer that Node refuses, only found out about once the session is stored, is an error page
// or cut off; nobody is left waiting, and no rejection goes unhandled.

import { describe, expect, it } from "vitest";
import { serve } from "./serve.ts";
import { setUp } from "./setup.ts";
import { CUT_OFF, expectNoRejections, wrongAnswers } from "./shared/wrong-answers.ts";

expectNoRejections();

describe.each(Object.entries(wrongAnswers))("%s", (_name, [answer, status]) => {
  it("by a handler", async () => {
    const heard: unknown[] = [];
    const auth = setUp({ onError: (error) => heard.push(error) });
    const listener = auth.handle((req, res) => {
      if (req.url === "/ok") return res.end("ok");
      auth.sessionOf(req).data["a"] = 1;
      return answer(res);
    });
    const { fetch } = await serve(listener);
    const reply = await fetch("/").catch(() => null);
    expect(reply?.status ?? CUT_OFF).toBe(status);
    if (status !== CUT_OFF) expect(heard).toHaveLength(1);
    expect((await fetch("/ok")).body).toBe("ok");
  });

  it("by a listener without handle", async () => {
    const auth = setUp();
    const { fetch } = await serve(async (req, res) => {
      await auth.session(req, res);
      auth.sessionOf(req).data["a"] = 1;
      await answer(res);
    });
    const reply = await fetch("/").catch(() => null);
    expect(reply?.status ?? CUT_OFF).toBe(status);
  });
});

it("HTTP/2: the stream ends", async () => {
  const auth = setUp();
  const listener = auth.handle((req, res) => {
    if (req.url === "/ok") return res.end("ok");
    auth.sessionOf(req).data["a"] = 1;
    return Reflect.apply(res.write, res, [5]);
  });
  const { fetch } = await serve(listener, 2);
  await fetch("/").catch(() => null);
  expect((await fetch("/ok")).body).toBe("ok");
});

it("a last chunk that is none, after a late change: cut off", async () => {
  const auth = setUp();
  const listener = auth.handle((req, res) => {
    if (req.url === "/start") {
      auth.sessionOf(req).data["a"] = 1;
      return res.end("ok");
    }
    res.write("x");
    auth.sessionOf(req).data["b"] = 1;
    return Reflect.apply(res.end, res, [5]);
  });
  const { fetch } = await serve(listener);
  await fetch("/start");
  await expect(fetch("/")).rejects.toThrow();
});
