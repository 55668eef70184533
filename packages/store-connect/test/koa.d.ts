// As much of Koa's types as the old application needs.
declare module "koa" {
  import type { RequestListener } from "node:http";

  interface Context {
    path: string;
    body: unknown;
    session: Record<string, unknown>;
  }
  export default class Koa {
    keys: string[];
    use(middleware: (ctx: Context, next: () => Promise<void>) => unknown): this;
    callback(): RequestListener;
  }
}
