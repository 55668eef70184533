// The form or JSON body of a login. Read by ourselves: Fastify has no parser for forms, and answers
// what it can't read with errors of its own instead of the login page.

import type { RawRequest } from "./hook.ts";

const LIMIT = 64 * 1024;
/** So much is thrown away to let the sender finish and see the answer; then it is cut off. */
const PATIENCE = 1024 * 1024;
const MAX_FIELDS = 100;

/** What stands for a body that could not be read: too long, or malformed. */
const UNREADABLE = false;

/** @returns The parsed body; `null` for none or of another type, `false` when it is unreadable. */
export async function readBody(req: RawRequest): Promise<unknown> {
  const [type = "", ...parameters] = (req.headers["content-type"] ?? "").toLowerCase().split(";");
  const parse = parsers.get(type.trim());
  if (parse === undefined) return null;
  const text = await readText(req);
  const charset = parameters.find((parameter) => parameter.trim().startsWith("charset="));
  const isUtf8 = charset === undefined || /^\s*charset="?utf-8"?\s*$/.test(charset);
  const coding = req.headers["content-encoding"] ?? "identity";
  if (text === null || !isUtf8 || coding !== "identity") return UNREADABLE;
  try {
    return parse(text);
  } catch {
    return UNREADABLE;
  }
}

const parsers: ReadonlyMap<string, (text: string) => unknown> = new Map([
  ["application/json", parseJson],
  ["application/x-www-form-urlencoded", parseForm],
]);

/** RFC 8259 allows any value; a login is an object. */
function parseJson(text: string): unknown {
  if (text === "") return null;
  const value: unknown = JSON.parse(text);
  return typeof value === "object" && value !== null ? value : UNREADABLE;
}

/** A field that comes twice is a list, which no login takes. */
function parseForm(text: string): unknown {
  const fields: Record<string, string | string[]> = Object.create(null);
  const params = new URLSearchParams(text);
  if (params.size > MAX_FIELDS) return UNREADABLE;
  for (const name of params.keys()) {
    const [first = "", ...others] = params.getAll(name);
    fields[name] = others.length === 0 ? first : [first, ...others];
  }
  return fields;
}

/** @returns `null` when it is too long, was broken off, or is not UTF-8. */
async function readText(req: RawRequest): Promise<string | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  const ended = await new Promise<boolean>((done) => {
    if (Number(req.headers["content-length"] ?? 0) > PATIENCE) return done(false);
    req.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length <= LIMIT) chunks.push(chunk);
      if (length > PATIENCE) done(false);
    });
    req.once("end", () => done(true));
    req.once("error", () => done(false));
    req.once("close", () => done(false));
    if (req.readableEnded || req.destroyed) done(false);
  });
  if (!ended || length > LIMIT) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    return null;
  }
}
