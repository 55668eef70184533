// A browser that calls an application's fetch handler: it keeps cookies, and follows nothing.

export interface TestBrowser {
  cookies: Map<string, string>;
  fetch(path: string, init?: RequestInit): Promise<Response>;
}

export function browse(app: (request: Request) => Response | Promise<Response>): TestBrowser {
  const cookies = new Map<string, string>();
  return {
    cookies,
    async fetch(path, init = {}) {
      const headers = new Headers(init.headers);
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      if (cookie !== "" && !headers.has("cookie")) headers.set("cookie", cookie);
      const response = await app(new Request(`http://localhost${path}`, { ...init, headers }));
      for (const line of response.headers.getSetCookie()) {
        const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        if (value === "") cookies.delete(name);
        else cookies.set(name, value);
      }
      return response;
    },
  };
}
