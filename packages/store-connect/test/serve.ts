// A real server for one test, and browsers that keep cookies whatever server of the host set them.

import { createServer, type RequestListener, request } from "node:http";
import { onTestFinished } from "vitest";

export interface Answer {
  status: number;
  setCookies: string[];
  body: string;
}

export interface Browser {
  readonly jar: Map<string, string>;
  get(origin: number, path: string): Promise<Answer>;
}

/** @returns The port. */
export async function serve(app: RequestListener): Promise<number> {
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no port");
  return address.port;
}

export function browser(jar: Map<string, string> = new Map()): Browser {
  return {
    jar,
    async get(port, path) {
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
      const answer = await get(port, path, cookie);
      for (const line of answer.setCookies) {
        const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        const gone = /; *(max-age=0|expires=Thu, 01 Jan 1970)/i.test(line);
        if (gone) jar.delete(name);
        else jar.set(name, value);
      }
      return answer;
    },
  };
}

export function get(port: number, path: string, cookie: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = cookie === "" ? {} : { cookie };
    const req = request({ port, host: "127.0.0.1", path, headers, agent: false }, (res) => {
      let body = "";
      res.setEncoding("utf8");
      res.on("data", (chunk) => {
        body += chunk;
      });
      res.on("error", reject);
      res.on("end", () => {
        const setCookies = res.headers["set-cookie"] ?? [];
        resolve({ status: res.statusCode ?? 0, setCookies, body });
      });
    });
    req.on("error", reject);
    req.end();
  });
}
