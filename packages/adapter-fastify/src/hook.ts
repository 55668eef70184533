// Fastify's hooks that run before a handler, and as much of requests and replies as they need: so
// they fit routes of any types, on HTTP/1 and HTTP/2.

import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import type { ResponseLike } from "@latchkey/adapter-node";

/** A request of any route. */
export interface AnyRequest {
  readonly method: string;
  readonly originalUrl: string;
  readonly protocol: "http" | "https";
  readonly host: string;
  readonly ip: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
  readonly routeOptions: { readonly config: object };
  readonly raw: RawRequest;
}

interface RawRequest extends Readable {
  readonly complete: boolean;
  readonly httpVersionMajor: number;
  readonly headers: IncomingHttpHeaders;
}

interface RawReply extends ResponseLike {
  readonly writableEnded: boolean;
}

/** A reply of any route. */
export interface AnyReply {
  readonly request: AnyRequest;
  readonly raw: RawReply;
  /** Sent, or left to the handler by `hijack`. */
  readonly sent: boolean;
  readonly statusCode: number;
  hasHeader(name: string): boolean;
  getHeader(name: string): unknown;
  getHeaders(): Record<string, number | string | string[] | undefined>;
  header(name: string, value: unknown): unknown;
  removeHeader(name: string): unknown;
  code(status: number): unknown;
  send(payload: Buffer): unknown;
}

/** Fits `onRequest`, `preValidation` and `preHandler`. */
export type Hook = (request: AnyRequest, reply: AnyReply, done: (error?: Error) => void) => void;
