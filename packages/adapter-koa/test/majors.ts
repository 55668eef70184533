// The versions of Koa that every test runs on.

import koa3 from "koa";
import koa2 from "koa2";

export const majors: readonly (readonly [name: string, Koa: typeof koa3])[] = [
  ["Koa 3", koa3],
  ["Koa 2", koa2],
];
