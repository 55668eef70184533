// The smallest router, for examples whose framework has none: a method, and a path with `:names`.

export interface Router<Handler> {
  get(path: string, handler: Handler): void;
  post(path: string, handler: Handler): void;
  put(path: string, handler: Handler): void;
  delete(path: string, handler: Handler): void;
  /** For every method. */
  all(path: string, handler: Handler): void;
  /** The first that fits, and what stands for its names; HEAD counts as GET. */
  find(method: string, pathname: string): { handler: Handler; params: string[] } | null;
}

export function createRouter<Handler>(): Router<Handler> {
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
    find(method, pathname) {
      const verb = method === "HEAD" ? "GET" : method;
      for (const route of routes) {
        if (route.method !== null && route.method !== verb) continue;
        const params = decode(route.pattern.exec(pathname));
        if (params !== null) return { handler: route.handler, params };
      }
      return null;
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
