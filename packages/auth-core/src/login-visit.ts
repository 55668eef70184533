// One request to a login URL, as the stages of the flow pass it on.

import type { Exchange, Session } from "@latchkey/session-core";
import { absoluteUrl } from "./flow-context.ts";
import { readFields } from "./form-fields.ts";
import type { LifetimePolicy } from "./lifetime-choice.ts";
import type { Journey, LoginMemory } from "./login-memory.ts";
import type { LoginRequest } from "./login-method.ts";
import type { NextUrl } from "./next-url.ts";

export interface Visit<User extends { id: string }, Data extends object> {
  readonly exchange: Exchange;
  readonly session: Session<User, Data>;
  /** What the method sees. */
  readonly request: LoginRequest;
  /** The form as it came; `null` when it is no list of texts. */
  readonly sent: Readonly<Record<string, string>> | null;
  readonly journey: Journey;
  /** Whether the visitor is still on the login's first page: there, how long to stay is asked. */
  isFirst: boolean;
  /** Whose own page or journey this is, by a CSRF token or by what was recalled. */
  vouchedFor: string | null;
  /** Makes other fields the ones that the method sees. */
  setFields(fields: Record<string, string>): void;
}

interface VisitParts {
  next: NextUrl;
  lifetime: LifetimePolicy;
  memory: LoginMemory;
}

export function createVisit<User extends { id: string }, Data extends object>(
  { next, lifetime, memory }: VisitParts,
  method: "GET" | "POST",
  exchange: Exchange,
  session: Session<User, Data>,
  body: unknown,
): Visit<User, Data> {
  const url = absoluteUrl(exchange);
  const sent = method === "GET" ? {} : readFields(body);
  let fields = sent ?? {};
  const read = (): Journey => ({
    next: next.resolve(exchange, url, fields),
    lifetime: lifetime.chosen(fields),
    userId: session.user?.id ?? null,
  });
  const journey = read();
  const visit: Visit<User, Data> = {
    exchange,
    session,
    sent,
    journey,
    isFirst: true,
    vouchedFor: null,
    setFields(changed) {
      fields = changed;
      Object.assign(journey, read());
    },
    request: {
      method,
      url,
      exchange,
      get fields() {
        return fields;
      },
      get next() {
        return next.parameter(journey.next);
      },
      async recall(key) {
        const recalled = await memory.recall(exchange, key);
        if (recalled === null) return null;
        // A form carries where to go next; how long to stay was asked on the first page only.
        if (!Object.hasOwn(fields, next.field)) journey.next = recalled.journey.next;
        journey.lifetime = recalled.journey.lifetime;
        visit.isFirst = false;
        visit.vouchedFor = recalled.journey.userId;
        return recalled.value;
      },
    },
  };
  return visit;
}
