// As much of Express's requests as there is to know of them: so it fits routes of any types, and says
// nothing about those of the handler behind.

import type { IncomingMessage } from "node:http";
import type { NextFunction, Response } from "express";

/** A request of any route. */
export interface AnyRequest extends IncomingMessage {
  readonly originalUrl: string;
  readonly protocol: string;
  readonly ip?: string | undefined;
  readonly path: string;
  readonly route?: unknown;
  readonly app: { get(name: string): unknown };
  readonly session?: unknown;
}

/** Middleware of any route. */
export type Middleware = (req: AnyRequest, res: Response, next: NextFunction) => void;

/** What parsers have made of it. Not in {@link AnyRequest}: the handler behind would inherit its type. */
export function bodyOf(req: AnyRequest): unknown {
  return "body" in req ? req.body : undefined;
}
