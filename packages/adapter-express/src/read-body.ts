// The form or JSON body of a login, read by Express's own parsers when the application has none.

import express, { type Response } from "express";
import type { AnyRequest } from "./middleware.ts";

const LIMIT = "64kb";
const parsers: ReturnType<typeof express.json>[] = [
  express.urlencoded({ extended: false, limit: LIMIT, parameterLimit: 100 }),
  express.json({ limit: LIMIT }),
];

/** What stands for a body that could not be read: too long, or malformed. */
const UNREADABLE = false;

export async function readBody(req: AnyRequest, res: Response): Promise<unknown> {
  for (const parse of parsers) {
    if (req.body !== undefined) break;
    const error = await new Promise<unknown>((done) => {
      // A parser answers by its callback alone.
      void parse(req, res, done);
    });
    if (error !== undefined) return UNREADABLE;
  }
  return req.body ?? null;
}
