// Opens the session of each request of a context and commits it before the reply. Hooks with
// callbacks: a promise is made only where something has to be waited for.

import { faultStatus, type RequestState } from "@latchkey/auth-core";
import type { Session } from "@latchkey/session-core";
import type { FastifyPluginCallback, FastifyRequest, RouteOptions } from "fastify";
import fastifyPlugin from "fastify-plugin";
import { commitReply, dropReply, giveStatus, giveUp } from "./commit-reply.ts";
import { FastifyExchange } from "./fastify-exchange.ts";
import type { AnyRequest } from "./hook.ts";
import { storeAfterAbort, storeAfterReply } from "./store-late.ts";

interface SessionPluginParts<User extends { id: string }, Data extends object> {
  open(exchange: FastifyExchange): State<User, Data> | Promise<State<User, Data>>;
  find(request: AnyRequest): State<User, Data> | undefined;
  keep(request: AnyRequest, state: State<User, Data>): void;
  sessionOf(request: AnyRequest): Session<User, Data>;
  onRoute(route: RouteOptions): void;
  onError(error: unknown): void;
}

type State<User extends { id: string }, Data extends object> = RequestState<
  User,
  Data,
  FastifyExchange
>;

export function sessionPlugin<User extends { id: string }, Data extends object>(
  parts: SessionPluginParts<User, Data>,
): FastifyPluginCallback {
  const { open, find, keep, sessionOf, onRoute, onError } = parts;

  const plugin: FastifyPluginCallback = (instance, _options, ready) => {
    // Another plug-in's `request.session` is left alone: there is `sessionOf`.
    if (!instance.hasRequestDecorator("session")) {
      const getter = function (this: FastifyRequest): Session<User, Data> {
        return sessionOf(this);
      };
      instance.decorateRequest("session", { getter });
    }

    instance.addHook("onRoute", onRoute);

    instance.addHook("onRequest", (request, reply, done) => {
      if (find(request) !== undefined) return done();
      const opened = open(new FastifyExchange(request, reply));
      if (opened instanceof Promise) {
        opened.then((state) => {
          keep(request, state);
          done();
        }, done);
        return;
      }
      keep(request, opened);
      done();
    });

    instance.addHook("onSend", (request, reply, payload, done) => {
      const state = find(request);
      // @fastify/cookie has added those that the handler left with it.
      if (state?.exchange.failed === true) state.exchange.resetCookies(reply);
      if (state === undefined || state.opened === null) return done();
      if (state.exchange.committing) return dropReply(reply, payload);
      // Settled: it is the answer to a commit that failed, or to a fault that came before.
      if (state.exchange.settled) return done();
      // Fastify waits for a promise if there is one, and guards against what comes after it.
      const committed = commitReply(state.exchange, state.opened, reply, payload, onError);
      if (committed === undefined) done();
      return committed;
    });

    instance.addHook("onError", (request, reply, error, done) => {
      giveStatus(error);
      const state = find(request);
      const status = faultStatus(error);
      // The application's own error page has the status, too, unless it sets another.
      if (state !== undefined && status !== null && !state.exchange.committing) {
        giveUp(state, reply);
        reply.code(status);
      }
      done();
    });

    // Whoever answers by `reply.hijack()` or `reply.raw` alone never came by `onSend`.
    instance.addHook("onResponse", (request, _reply, done) => {
      const state = find(request);
      done();
      if (state !== undefined) storeAfterReply(state, onError);
    });

    // Then the response may never be said to end.
    instance.addHook("onRequestAbort", (request, done) => {
      const state = find(request);
      done();
      if (state !== undefined) storeAfterAbort(state, onError);
    });
    ready();
  };
  return fastifyPlugin(plugin, { name: "@latchkey/adapter-fastify", fastify: "5.x" });
}
