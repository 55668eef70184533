// A small HTTP client that keeps cookies as a browser does, shows every header line as it was sent
// and follows no redirect by itself.

import { Agent, request as httpRequest, type IncomingMessage } from "node:http";
import { performance } from "node:perf_hooks";
import { type CookieJar, createCookieJar } from "./adapter-contract-jar.ts";

export interface SendOptions {
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array;
  /** Instead of the jar's `Cookie` header; `null` sends none. What the answer sets is kept all the same. */
  cookie?: string | null;
}

export interface BrowserOptions {
  /** Sent with every request. */
  headers?: Readonly<Record<string, string>>;
  /** Sees every answer before the caller does. */
  onAnswer?: (answer: Answer) => void;
}

/** A response, read to its end. */
export interface Answer {
  readonly request: string;
  readonly status: number;
  /** Names and values by turns, as sent. */
  readonly rawHeaders: readonly string[];
  readonly setCookies: readonly string[];
  readonly text: string;
  /** From sending to the last byte, milliseconds. */
  readonly ms: number;
  /** Several lines of the same name are joined with a comma; `null` when there is none. */
  header(name: string): string | null;
  /** The body as JSON. @throws {Error} That shows the body when it is none. */
  json(): unknown;
}

const MAX_WAIT_MS = 20_000;

export class Browser {
  readonly origin: string;
  readonly jar: CookieJar = createCookieJar();
  readonly #headers: Readonly<Record<string, string>>;
  readonly #onAnswer: (answer: Answer) => void;
  readonly #agent = new Agent({ keepAlive: true });

  /** @param origin Such as `http://localhost:3000`. */
  constructor(origin: string, options: BrowserOptions = {}) {
    const { headers = {}, onAnswer = () => {} } = options;
    this.origin = origin;
    this.#headers = { "user-agent": "latchkey-contract/1.0", accept: "text/html", ...headers };
    this.#onAnswer = onAnswer;
  }

  /** @param path Sent as it is, however odd. */
  async send(method: string, path: string, options: SendOptions = {}): Promise<Answer> {
    const { cookie = this.jar.header(), body } = options;
    const headers: Record<string, string> = { ...this.#headers, ...options.headers };
    if (cookie !== null && cookie !== "") headers["cookie"] = cookie;
    if (body !== undefined) headers["content-length"] ??= String(Buffer.byteLength(body));
    const answer = await this.#exchange(method, path, headers, body);
    for (const line of answer.setCookies) this.jar.take(line);
    this.#onAnswer(answer);
    return answer;
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.send("GET", path, { headers });
  }

  /** As a program asks: `Accept: application/json`. */
  getJson(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.get(path, { accept: "application/json", ...headers });
  }

  postForm(
    path: string,
    fields: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const type = { "content-type": "application/x-www-form-urlencoded" };
    const body = new URLSearchParams(fields).toString();
    return this.send("POST", path, { headers: { ...type, ...headers }, body });
  }

  sendJson(
    method: string,
    path: string,
    value: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const type = { "content-type": "application/json", accept: "application/json" };
    const body = JSON.stringify(value);
    return this.send(method, path, { headers: { ...type, ...headers }, body });
  }

  /** Closes its connections. */
  close(): void {
    this.#agent.destroy();
  }

  #exchange(
    method: string,
    path: string,
    headers: Record<string, string>,
    body: string | Uint8Array | undefined,
  ): Promise<Answer> {
    const { hostname, port } = new URL(this.origin);
    return new Promise((resolve, reject) => {
      const begin = performance.now();
      const agent = this.#agent;
      const request = httpRequest({ hostname, port, agent, method, path, headers }, (response) => {
        readText(response).then((text) => {
          const ms = performance.now() - begin;
          resolve(toAnswer(`${method} ${path.slice(0, 100)}`, response, text, ms));
        }, reject);
      });
      // Once the answer has come, it counts: a server may refuse a body that it has not read.
      request.on("error", (error) => {
        const idle = "code" in error && error.code === "ECONNRESET" && request.reusedSocket;
        // The server closed a connection that it had kept for us, just when we used it.
        const again = body === undefined || method === "PUT"; // RFC 9110 §9.2.2: idempotent
        if (!idle || !again) return reject(error);
        this.#exchange(method, path, headers, body).then(resolve, reject);
      });
      request.setTimeout(MAX_WAIT_MS, () => {
        request.destroy(new Error(`${method} ${path.slice(0, 100)}: no answer in 20 s`));
      });
      request.end(body);
    });
  }
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

function toAnswer(request: string, response: IncomingMessage, text: string, ms: number): Answer {
  const { statusCode = 0, rawHeaders, headersDistinct } = response;
  return {
    request,
    status: statusCode,
    rawHeaders,
    setCookies: headersDistinct["set-cookie"] ?? [],
    text,
    ms,
    header: (name) => headersDistinct[name.toLowerCase()]?.join(", ") ?? null,
    json() {
      try {
        return JSON.parse(text);
      } catch {
        throw new Error(`${request}: not JSON (status ${statusCode}): ${text.slice(0, 200)}`);
      }
    },
  };
}
