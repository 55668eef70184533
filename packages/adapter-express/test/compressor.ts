// Compresses every answer, in the way of the package `compression`: it writes the head as long as
// `headersSent` is false, passes the bytes on as zlib gives them, and keeps who listens for `drain` for
// the stream of zlib, which there is from the head of the answer until it is closed.

import { createGzip, type Gzip } from "node:zlib";
import type { RequestHandler } from "express";

export const compressor: RequestHandler = (_req, res, next) => {
  const { write, end, writeHead, on } = res;
  const waiting: (() => void)[] = [];
  let gzip: Gzip | null = null;
  let ended = false;

  function begin(): Gzip {
    if (!res.headersSent) res.writeHead(res.statusCode);
    gzip ??= compress();
    return gzip;
  }

  function compress(): Gzip {
    const stream = createGzip();
    for (const listener of waiting) stream.on("drain", listener);
    stream.on("data", (chunk) => {
      if (Reflect.apply(write, res, [chunk]) === false) stream.pause();
    });
    stream.on("end", () => void Reflect.apply(end, res, []));
    Reflect.apply(on, res, ["drain", () => void stream.resume()]);
    return stream;
  }

  res.on("close", () => void gzip?.destroy());
  res.on = (event: string, listener: (...args: never[]) => void) => {
    if (event !== "drain") return Reflect.apply(on, res, [event, listener]);
    if (gzip === null) waiting.push(listener);
    else gzip.on("drain", listener);
    return res;
  };
  res.writeHead = (...args: unknown[]) => {
    gzip ??= compress();
    res.setHeader("content-encoding", "gzip");
    res.removeHeader("content-length");
    return Reflect.apply(writeHead, res, args);
  };
  res.write = (chunk: unknown) => !ended && begin().write(chunk);
  res.end = (...args: unknown[]) => {
    if (ended) return res;
    const stream = begin();
    ended = true;
    const [chunk] = args;
    if (typeof chunk === "string" || chunk instanceof Uint8Array) stream.end(chunk);
    else stream.end();
    return res;
  };
  next();
};
