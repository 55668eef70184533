// The form or JSON body of a login, read by Express's own parsers when the application has none.

import express, { type Request, type RequestHandler, type Response } from "express";

const LIMIT = "64kb";
const parsers: RequestHandler[] = [
  express.urlencoded({ extended: false, limit: LIMIT, parameterLimit: 100 }),
  express.json({ limit: LIMIT }),
];

/** What stands for a body that could not be read: too long, or malformed. */
export const UNREADABLE = false;

export async function readBody(req: Request, res: Response): Promise<unknown> {
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
