// The smallest router that an app on plain node:http needs: a method, and a path with `:names`.

import type { IncomingMessage, ServerResponse } from "node:http";

type Handler = (req: IncomingMessage, res: ServerResponse, ...params: string[]) => unknown;

interface Router {
  get(path: string, handler: Handler): void;
  post(path: string, handler: Handler): void;
  put(path: string, handler: Handler): void;
  delete(path: string, handler: Handler): void;
  /** For every method. */
  all(path: string, handler: Handler): void;
  /** `false` when nothing fits. */
  run(req: IncomingMessage, res: ServerResponse): Promise<boolean>;
}

export function createRouter(): Router {
  const routes: { method: string | null; pattern: RegExp; handler: Handler }[] = [];
  const add =
    (method: string | null) =>
    (path: string, handler: Handler): void => {
      const pattern = new RegExp(`^${path.replaceAll(/:\w+/g, "([^/]*)")}$`);
      routes.push({ method, pattern, handler });
    };
  return {
    get: add("GET"),
    post: add("POST"),
    put: add("PUT"),
    delete: add("DELETE"),
    all: add(null),
    async run(req, res) {
      const [path = ""] = (req.url ?? "").split("?", 1);
      const method = req.method === "HEAD" ? "GET" : req.method;
      for (const route of routes) {
        if (route.method !== null && route.method !== method) continue;
        const params = decode(route.pattern.exec(path));
        if (params === null) continue;
        await route.handler(req, res, ...params);
        return true;
      }
      return false;
    },
  };
}

/** `null` for a path that doesn't fit, or is no proper percent-encoding. */
function decode(match: RegExpExecArray | null): string[] | null {
  try {
    return match?.slice(1).map(decodeURIComponent) ?? null;
  } catch {
    return null;
  }
}
