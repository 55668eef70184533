import type { RequestListener } from "node:http";

export declare function koaApp(secret: string, options?: object): RequestListener;
