// The form or JSON body of a login, read by Express's own parsers when the application has none.

import express, { type Response } from "express";
import { type AnyRequest, bodyOf } from "./middleware.ts";

const LIMIT = "64kb";
const parsers: ReturnType<typeof express.json>[] = [
  express.urlencoded({ extended: false, limit: LIMIT, parameterLimit: 100 }),
  express.json({ limit: LIMIT }),
];

/** What stands for a body that could not be read: too long, or malformed. */
const UNREADABLE = false;

export async function readBody(req: AnyRequest, res: Response): Promise<unknown> {
  for (const parse of parsers) {
    if (isParsed(req)) break;
    const error = await new Promise<unknown>((done) => {
      // A parser answers by its callback alone.
      void parse(req, res, done);
    });
    if (error !== undefined) return UNREADABLE;
  }
  return bodyOf(req) ?? null;
}

/** The parsers of Express 4 leave an empty object also behind what they haven't parsed. */
function isParsed(req: AnyRequest): boolean {
  const body = bodyOf(req);
  if (body === undefined) return false;
  if ("_body" in req && req._body === true) return true;
  return typeof body !== "object" || body === null || Object.keys(body).length > 0;
}
