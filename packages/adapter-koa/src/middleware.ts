// Koa's middleware, for whatever state and context an application has.

import type { ExtendableContext } from "koa";

/** A context of any application. */
export type AnyContext = ExtendableContext;

/** Middleware that leaves the types of an application's own context alone. */
export type Middleware = (ctx: AnyContext, next: () => Promise<unknown>) => Promise<unknown>;
