// Wakes who saw `write` return false and hears of it from nobody else. A compressor keeps the listeners
// for its own stream, which has nothing to say of bytes that it never got.

import type { ResponseLike } from "./node-types.ts";

type Listener = (...args: unknown[]) => void;

const key: unique symbol = Symbol("drain");
type Marked = ResponseLike & { [key]?: Listener[] };

/** To be called before anybody listens whom {@link sayDrain} is to reach. */
export function expectDrain(res: Marked): void {
  if (res[key] !== undefined) return;
  const elsewhere: Listener[] = [];
  const { on } = res;
  res[key] = elsewhere;
  res.on = (event, listener) => {
    const result = Reflect.apply(on, res, [event, listener]);
    if (event === "drain" && !isOwn(res, listener)) elsewhere.push(listener);
    return result;
  };
}

export function sayDrain(res: Marked): void {
  // A compressor gives them back when it doesn't compress. What `once` made is done after this time.
  const told = res[key]?.splice(0).filter((listener) => !isOwn(res, listener)) ?? [];
  res[key]?.push(...told.filter((listener) => !("listener" in listener)));
  res.emit("drain");
  for (const listener of told) Reflect.apply(listener, res, []);
}

function isOwn(res: ResponseLike, listener: Listener): boolean {
  return res.rawListeners("drain").includes(listener);
}
