// Where a guard stands: in one route's own list, or in a hook for everything in a context. Fastify
// runs both alike, so the routes are marked when they are declared.

import type { GuardPlace } from "@latchkey/auth-core";
import type { RouteOptions } from "fastify";
import type { AnyRequest, Hook } from "./hook.ts";

const SEEN: unique symbol = Symbol("latchkey");
const PHASES = ["onRequest", "preValidation", "preHandler"] as const;

export interface GuardPlaces {
  /** A hook that knows its place. */
  place(guardAt: (place: GuardPlace) => Hook): Hook;
  /** To be run for each route that is declared. */
  onRoute(route: RouteOptions): void;
}

export function createGuardPlaces(): GuardPlaces {
  const onRoutes = new WeakMap<object, Hook>();

  return {
    place(guardAt) {
      const [route, mounted] = [guardAt("route"), guardAt("mounted")];
      const guard: Hook = (request, reply, done) => {
        // A route that was declared too early to be marked: the guard may be its own, so it holds.
        const hook = isSeen(request) ? mounted : route;
        hook(request, reply, done);
      };
      onRoutes.set(guard, route);
      return guard;
    },
    onRoute(route) {
      Object.assign(route, { config: { ...route.config, [SEEN]: true } });
      for (const phase of PHASES) {
        const hooks = [route[phase] ?? []].flat();
        if (!hooks.some((hook) => onRoutes.has(hook))) continue;
        Object.assign(route, { [phase]: hooks.map((hook) => onRoutes.get(hook) ?? hook) });
      }
    },
  };
}

function isSeen(request: AnyRequest): boolean {
  return SEEN in request.routeOptions.config;
}
