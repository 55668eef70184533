// Express's request and middleware types, for whatever parameters a route has.

import type { NextFunction, Request, Response } from "express";

/** A request of any route. */
export type AnyRequest = Request<unknown>;

/** Middleware that leaves the types of a route's own parameters alone. */
export type Middleware = <Params>(req: Request<Params>, res: Response, next: NextFunction) => void;
