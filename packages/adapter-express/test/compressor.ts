// Compresses every answer, in the way of Express's own `compression`: it writes the head as long as
// `headersSent` is false, and passes the bytes on as zlib gives them.

import { createGzip } from "node:zlib";
import type { RequestHandler } from "express";

export const compressor: RequestHandler = (_req, res, next) => {
  const { write, end, writeHead } = res;
  const gzip = createGzip();
  let ended = false;
  gzip.on("data", (chunk) => {
    if (Reflect.apply(write, res, [chunk]) === false) gzip.pause();
  });
  gzip.on("end", () => void Reflect.apply(end, res, []));
  res.on("drain", () => void gzip.resume());

  res.writeHead = (...args: unknown[]) => {
    res.setHeader("content-encoding", "gzip");
    res.removeHeader("content-length");
    return Reflect.apply(writeHead, res, args);
  };
  res.write = (chunk: unknown) => {
    if (ended) return false;
    if (!res.headersSent) res.writeHead(res.statusCode);
    return gzip.write(chunk);
  };
  res.end = (...args: unknown[]) => {
    if (ended) return res;
    ended = true;
    if (!res.headersSent) res.writeHead(res.statusCode);
    const [chunk] = args;
    if (typeof chunk === "string" || chunk instanceof Uint8Array) gzip.end(chunk);
    else gzip.end();
    return res;
  };
  next();
};
