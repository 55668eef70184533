// Opt-in: gives every `ctx.session` its type. Leave it out beside koa-session, whose types claim
// the same name, and use `auth.sessionOf(ctx)`.

import type { Session } from "@latchkey/session-core";

/** Say what your sessions hold: `declare module "@latchkey/adapter-koa/augment" { interface Register { user: …; data: … } }`. */
// biome-ignore lint/suspicious/noEmptyInterface: filled in by the application
export interface Register {}

type UserOf<R> = R extends { user: infer User extends { id: string } } ? User : { id: string };
type DataOf<R> = R extends { data: infer Data extends object } ? Data : Record<string, unknown>;

declare module "koa" {
  interface ExtendableContext {
    readonly session: Session<UserOf<Register>, DataOf<Register>>;
  }
}
