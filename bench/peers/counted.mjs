// Counts the calls to a session store, whatever calling style it has.

/** Replaces the methods of the given names by ones that count. */
export function counted(store, names, count) {
  for (const name of names) {
    const method = store[name];
    store[name] = function (...args) {
      count(name);
      return method.apply(this, args);
    };
  }
  return store;
}
