// Requests and responses of node:http, and of node:http2 through its compatibility API.

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";

export type NodeRequest = IncomingMessage | Http2ServerRequest;
export type NodeResponse = ServerResponse | Http2ServerResponse;

/** What the building blocks need of a response; those of Express, HTTP/1 and HTTP/2 have it. */
export interface ResponseLike {
  statusCode: number;
  statusMessage: string;
  readonly headersSent: boolean;
  readonly req: { readonly httpVersionMajor: number };
  writeHead(status: number, ...rest: unknown[]): unknown;
  write(chunk: unknown, ...rest: unknown[]): boolean;
  end(...args: unknown[]): unknown;
  /** The types of HTTP/2 leave it out; it is there. */
  flushHeaders?: (() => void) | undefined;
  setHeader(name: string, value: number | string | string[]): unknown;
  appendHeader(name: string, value: string | string[]): unknown;
  hasHeader(name: string): boolean;
  getHeader(name: string): unknown;
  removeHeader(name: string): void;
  /** That of HTTP/2 has none. */
  setHeaders?:
    | ((headers: Headers | Map<string, number | string | readonly string[]>) => unknown)
    | undefined;
  getHeaders(): Readonly<Record<string, number | string | string[] | undefined>>;
  getHeaderNames(): string[];
  emit(event: "drain"): boolean;
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  rawListeners(event: "drain"): unknown[];
  destroy(error?: Error): unknown;
}
