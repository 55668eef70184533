// Opt-in: gives every `request.session` its type. Leave it out beside @fastify/session, whose types
// claim the same name, and use `auth.sessionOf(request)`.

import type { Session } from "@latchkey/session-core";

/** Say what your sessions hold: `declare module "@latchkey/adapter-fastify/augment" { interface Register { user: …; data: … } }`. */
// biome-ignore lint/suspicious/noEmptyInterface: filled in by the application
export interface Register {}

type UserOf<R> = R extends { user: infer User extends { id: string } } ? User : { id: string };
type DataOf<R> = R extends { data: infer Data extends object } ? Data : Record<string, unknown>;

declare module "fastify" {
  interface FastifyRequest {
    readonly session: Session<UserOf<Register>, DataOf<Register>>;
  }
}
