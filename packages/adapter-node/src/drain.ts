// Wakes who saw `write` return false and hears of it from nobody else. A compressor keeps the listeners
// for its own stream, which has nothing to say of bytes that it never got.

import type { ResponseLike } from "./node-types.ts";

type Listener = (...args: unknown[]) => void;

interface Elsewhere {
  isOpen: boolean;
  listeners: Listener[];
}

const key: unique symbol = Symbol("drain");
type Marked = ResponseLike & { [key]?: Elsewhere };

/** To be called before anybody listens whom {@link sayDrain} is to reach. */
export function expectDrain(res: Marked): void {
  const elsewhere = res[key] ?? gate(res);
  elsewhere.isOpen = true;
}

export function sayDrain(res: Marked): void {
  const elsewhere = res[key];
  // A compressor gives them back when it doesn't compress.
  const told = elsewhere?.listeners.filter((listener) => !isOwn(res, listener)) ?? [];
  // What `once` has made is done after this time.
  if (elsewhere) elsewhere.listeners = told.filter((listener) => !("listener" in listener));
  res.emit("drain");
  for (const listener of told) Reflect.apply(listener, res, []);
}

/** From now on it is for the stream beneath to say. */
export function sayLastDrain(res: Marked): void {
  sayDrain(res);
  const elsewhere = res[key];
  if (elsewhere === undefined) return;
  elsewhere.isOpen = false;
  elsewhere.listeners = [];
}

function gate(res: Marked): Elsewhere {
  const elsewhere: Elsewhere = { isOpen: true, listeners: [] };
  const { on } = res;
  res[key] = elsewhere;
  res.on = (event, listener) => {
    const result = Reflect.apply(on, res, [event, listener]);
    if (elsewhere.isOpen && event === "drain" && !isOwn(res, listener)) {
      elsewhere.listeners.push(listener);
    }
    return result;
  };
  return elsewhere;
}

function isOwn(res: ResponseLike, listener: Listener): boolean {
  return res.rawListeners("drain").includes(listener);
}
