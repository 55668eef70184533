declare module "*/old-koa-app.mjs" {
  import type { RequestListener } from "node:http";
  export function koaApp(secret: string, options?: object): RequestListener;
}
