// The example apps of three frameworks, each with one login method in place of its own.

import { createServer, type Server } from "node:http";
import { eventLine, type LoginMethod } from "@latchkey/auth-core";
import { createApp as expressApp } from "@latchkey/example-express/app";
import { createApp as fastifyApp } from "@latchkey/example-fastify/app";
import { createApp as koaApp } from "@latchkey/example-koa/app";
import type { AppUser, ExampleSettings, Users } from "@latchkey/example-shared";
import { memoryStore } from "@latchkey/store-memory";

export const frameworks = ["Express", "Fastify", "Koa"] as const;
export type Framework = (typeof frameworks)[number];

interface Listening {
  url: string;
  stop(): Promise<void>;
}

export interface Host extends Listening {
  /** All that was told of logins so far, a line each. */
  events(): Promise<string>;
}

/** Serves the app on a port of its own, or on one that a provider must know beforehand. */
export async function serve(
  framework: Framework,
  method: LoginMethod<{ id: string }>,
  port = 0,
): Promise<Host> {
  const store = memoryStore();
  const lines: string[] = [];
  const events = async (): Promise<string> => lines.join("\n");
  const known = new Map<string, AppUser>();
  const users: Users = {
    login: {
      ...method,
      async step(request) {
        const step = await method.step(request);
        if (step.kind !== "accepted") return step;
        const user = { role: "member", ...step.user };
        known.set(user.id, user);
        return { ...step, user };
      },
    },
    load: async (id) => known.get(id) ?? null,
    heard: (event) => void lines.push(eventLine(event)),
    close: async () => {},
  };
  switch (framework) {
    case "Express":
      return { ...(await listen(createServer(expressApp(settings, store, users)), port)), events };
    case "Koa":
      return {
        ...(await listen(createServer(koaApp(settings, store, users).callback()), port)),
        events,
      };
    case "Fastify": {
      const app = await fastifyApp(settings, store, users);
      const url = await app.listen({ port, host: "127.0.0.1" });
      return { url, events, stop: () => app.close() };
    }
  }
}

const settings: ExampleSettings = {
  port: 0,
  store: "memory:",
  users: "",
  keys: ["login-contract-only-0123456789-abcdef"],
  lifetimes: { lifetime: "30d", idle: "off" },
  trustProxy: false,
  seedUsers: null,
};

async function listen(server: Server, port: number): Promise<Listening> {
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no address");
  return {
    url: `http://127.0.0.1:${address.port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
