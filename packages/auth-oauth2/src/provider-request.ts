// One HTTP request to a provider: bounded in time and size, never redirected, and where the address
// is the provider's own word, never into our network.

import { type LookupAddress, type LookupOptions, lookup } from "node:dns";
import { request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import { createGunzip } from "node:zlib";
import { OAuth2Error } from "./oauth2-error.ts";
import { isInternalAddress, isInternalHost, isSecure } from "./provider-address.ts";

const TIMEOUT_MS = 5_000;
const SIZE_LIMIT = 262_144;

export interface ProviderRequest {
  url: URL;
  method?: string;
  headers?: Readonly<Record<string, string>>;
  body?: string;
  /** Refuses internal addresses, also those that a name turns out to be. Default `false`. */
  publicOnly?: boolean;
}

export interface ProviderAnswer {
  status: number;
  body: string;
}

/** @throws {OAuth2Error} `ERR_PROVIDER_UNAVAILABLE`, `ERR_PROVIDER_ANSWER`, `ERR_ADDRESS_BLOCKED`. */
export async function askProvider(ask: ProviderRequest): Promise<ProviderAnswer> {
  const { url, method = "GET", body, publicOnly = false } = ask;
  if (!isSecure(url) || (publicOnly && isInternalHost(url.hostname))) throw blocked(url);
  const options: RequestOptions = {
    method,
    // A kept connection may be closed just when it is used again, and a code works only once.
    agent: false,
    headers: {
      accept: "application/json",
      "accept-encoding": "identity",
      "user-agent": "latchkey",
      ...ask.headers,
      ...(body === undefined ? {} : { "content-length": Buffer.byteLength(body) }),
    },
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ...(publicOnly ? { lookup: publicLookup } : {}),
  };
  try {
    const response = await send(url, options, body);
    const status = response.statusCode ?? 0;
    if (status >= 300 && status < 400) {
      response.destroy();
      throw new OAuth2Error("ERR_PROVIDER_ANSWER", `${url.host} answers with a redirect`);
    }
    const text = await readBody(response, url);
    if (status >= 500) {
      throw new OAuth2Error("ERR_PROVIDER_UNAVAILABLE", `${url.host} answers ${status}`);
    }
    return { status, body: text };
  } catch (error) {
    if (error instanceof OAuth2Error) throw error;
    const { message } = error instanceof Error ? error : { message: "failed" };
    throw new OAuth2Error("ERR_PROVIDER_UNAVAILABLE", `${url.host}: ${message}`, { cause: error });
  }
}

/** @throws {OAuth2Error} `ERR_PROVIDER_ANSWER` unless it is a JSON object. */
export function jsonObject(answer: ProviderAnswer, what: string): Record<string, unknown> {
  const value = jsonValue(answer);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new OAuth2Error("ERR_PROVIDER_ANSWER", `${what} is not a JSON object`);
  }
  return { ...value };
}

/** `null` for what is no JSON. */
export function jsonValue({ body }: ProviderAnswer): unknown {
  try {
    return JSON.parse(body, (key, inner) => (key === "__proto__" ? undefined : inner));
  } catch {
    return null;
  }
}

function send(
  url: URL,
  options: RequestOptions,
  body: string | undefined,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const start = url.protocol === "https:" ? httpsRequest : httpRequest;
    start(url, options, resolve).on("error", reject).end(body);
  });
}

async function readBody(response: IncomingMessage, url: URL): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Some compress whatever they are asked for. What counts is the size after it.
  const gzipped = response.headers["content-encoding"] === "gzip";
  const unzip = gzipped ? createGunzip() : null;
  if (unzip) response.on("error", (error) => unzip.destroy(error));
  for await (const chunk of unzip ? response.pipe(unzip) : response) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > SIZE_LIMIT) {
      response.destroy();
      throw new OAuth2Error("ERR_PROVIDER_ANSWER", `${url.host} answers with too much`);
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
}

type LookupDone = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;

/** Looks at the very addresses that are connected to, so that a name can't change in between. */
function publicLookup(hostname: string, options: LookupOptions, done: LookupDone): void {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return done(error, []);
    if (addresses.length === 0 || addresses.some(({ address }) => isInternalAddress(address))) {
      return done(blocked({ host: hostname }), []);
    }
    if (options.all === true) return done(null, addresses);
    const [first] = addresses;
    done(null, first?.address ?? "", first?.family ?? 4);
  });
}

function blocked({ host }: { host: string }): OAuth2Error {
  return new OAuth2Error("ERR_ADDRESS_BLOCKED", `${host} is not asked: not https, or internal`);
}
