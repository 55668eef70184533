// Opt-in: gives every `req.session` its type. Leave it out beside express-session, whose types
// claim the same name, and use `auth.sessionOf(req)`.

import type { Session } from "@latchkey/session-core";

/** Say what your sessions hold: `declare module "@latchkey/adapter-express/augment" { interface Register { user: …; data: … } }`. */
// biome-ignore lint/suspicious/noEmptyInterface: filled in by the application
export interface Register {}

type UserOf<R> = R extends { user: infer User extends { id: string } } ? User : { id: string };
type DataOf<R> = R extends { data: infer Data extends object } ? Data : Record<string, unknown>;

declare global {
  namespace Express {
    interface Request {
      session: Session<UserOf<Register>, DataOf<Register>>;
    }
  }
}
