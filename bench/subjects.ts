// Who is measured. A subject's modules are loaded in its own process only.

import type { ExpressSetUp } from "./families/express.ts";
import type { FastifySetUp } from "./families/fastify.ts";
import type { HonoSetUp } from "./families/hono.ts";
import type { KoaSetUp } from "./families/koa.ts";
import { BARE, BARE_AGAIN, type Context, type Keeping, type Subject } from "./subject.ts";

type Kind = Pick<Subject, "side" | "keeps">;

const bare: Kind = { side: "bare", keeps: "nothing" };
const ours = (keeps: Keeping): Kind => ({ side: "ours", keeps });
const peer = (keeps: Keeping): Kind => ({ side: "peer", keeps });

export const KEYS_20 = "latchkey-memory, 20 keys";

export const subjects: readonly Subject[] = [
  inExpress(BARE, bare, async () => (await bareModule()).onExpress),
  inExpress(BARE_AGAIN, bare, async () => (await bareModule()).onExpress),
  inExpress("express-session", peer("memory"), fromPeers("express-session", "onMemory")),
  inExpress("express-session, Redis", peer("redis"), fromPeers("express-session", "onRedis")),
  inExpress("passport", peer("memory"), fromPeers("passport", "setUp")),
  inExpress("cookie-session", peer("cookie"), fromPeers("cookie-session", "setUp")),
  inExpress("iron-session", peer("cookie"), fromPeers("iron-session", "setUp")),
  inExpress("better-auth, SQLite", peer("database"), fromPeers("better-auth", "onSqlite")),
  inExpress(
    "better-auth, cookie cache",
    peer("cookie"),
    fromPeers("better-auth", "withCookieCache"),
  ),
  inExpress("latchkey-memory", ours("memory"), async () => (await onExpress()).onMemory),
  inExpress(KEYS_20, ours("memory"), async () => (await onExpress()).with20Keys),
  inExpress("latchkey-sqlite", ours("database"), async () => (await onExpress()).onSqlite),
  inExpress("latchkey-redis", ours("redis"), async () => (await onExpress()).onRedis),
  inExpress("latchkey-cookie", ours("cookie"), async () => (await onExpress()).inCookie),

  inFastify(BARE, bare, async () => (await bareModule()).onFastify),
  inFastify(BARE_AGAIN, bare, async () => (await bareModule()).onFastify),
  inFastify("@fastify/session", peer("memory"), fromPeers("fastify-session", "onMemory")),
  inFastify("@fastify/session, Redis", peer("redis"), fromPeers("fastify-session", "onRedis")),
  inFastify(
    "@fastify/secure-session",
    peer("cookie"),
    fromPeers("fastify-secure-session", "setUp"),
  ),
  inFastify("latchkey-memory", ours("memory"), async () => (await onFastify()).onMemory),
  inFastify("latchkey-redis", ours("redis"), async () => (await onFastify()).onRedis),
  inFastify("latchkey-cookie", ours("cookie"), async () => (await onFastify()).inCookie),

  inKoa(BARE, bare, async () => (await bareModule()).onKoa),
  inKoa(BARE_AGAIN, bare, async () => (await bareModule()).onKoa),
  inKoa("koa-session, Map", peer("memory"), fromPeers("koa-session", "onMap")),
  inKoa("koa-session, Redis", peer("redis"), fromPeers("koa-session", "onRedis")),
  inKoa("koa-session, cookie", peer("cookie"), fromPeers("koa-session", "inCookie")),
  inKoa("latchkey-memory", ours("memory"), async () => (await onKoa()).onMemory),
  inKoa("latchkey-redis", ours("redis"), async () => (await onKoa()).onRedis),
  inKoa("latchkey-cookie", ours("cookie"), async () => (await onKoa()).inCookie),

  inHono(BARE, bare, async () => (await bareModule()).onHono),
  inHono(BARE_AGAIN, bare, async () => (await bareModule()).onHono),
  inHono("hono-sessions", peer("memory"), fromPeers("hono-sessions", "onMemory")),
  inHono("hono-sessions, cookie", peer("cookie"), fromPeers("hono-sessions", "inCookie")),
  inHono("@hono/session, Map", peer("memory"), fromPeers("hono-session", "onMap")),
  inHono("@hono/session, cookie", peer("cookie"), fromPeers("hono-session", "inCookie")),
  inHono("latchkey-memory", ours("memory"), async () => (await onHono()).onMemory),
  inHono("latchkey-redis", ours("redis"), async () => (await onHono()).onRedis),
  inHono("latchkey-cookie", ours("cookie"), async () => (await onHono()).inCookie),
];

function bareModule(): Promise<typeof import("./subjects/bare.ts")> {
  return import("./subjects/bare.ts");
}

function onExpress(): Promise<typeof import("./subjects/latchkey-express.ts")> {
  return import("./subjects/latchkey-express.ts");
}

function onFastify(): Promise<typeof import("./subjects/latchkey-fastify.ts")> {
  return import("./subjects/latchkey-fastify.ts");
}

function onKoa(): Promise<typeof import("./subjects/latchkey-koa.ts")> {
  return import("./subjects/latchkey-koa.ts");
}

function onHono(): Promise<typeof import("./subjects/latchkey-hono.ts")> {
  return import("./subjects/latchkey-hono.ts");
}

function inExpress(name: string, kind: Kind, load: () => Promise<ExpressSetUp>): Subject {
  const start = async (context: Context): Promise<number> => {
    const { startExpress } = await import("./families/express.ts");
    return startExpress(await load(), context);
  };
  return { family: "express", name, ...kind, start };
}

function inFastify(name: string, kind: Kind, load: () => Promise<FastifySetUp>): Subject {
  const start = async (context: Context): Promise<number> => {
    const { startFastify } = await import("./families/fastify.ts");
    return startFastify(await load(), context);
  };
  return { family: "fastify", name, ...kind, start };
}

function inKoa(name: string, kind: Kind, load: () => Promise<KoaSetUp>): Subject {
  const start = async (context: Context): Promise<number> => {
    const { startKoa } = await import("./families/koa.ts");
    return startKoa(await load(), context);
  };
  return { family: "koa", name, ...kind, start };
}

function inHono(name: string, kind: Kind, load: () => Promise<HonoSetUp>): Subject {
  const start = async (context: Context): Promise<number> => {
    const { startHono } = await import("./families/hono.ts");
    return startHono(await load(), context);
  };
  return { family: "hono", name, ...kind, start };
}

// Not as a literal: the peers' packages, and so their types, are not there when types are checked.
function fromPeers(file: string, name: string) {
  return async () => (await import(new URL(`./peers/${file}.mjs`, import.meta.url).href))[name];
}
