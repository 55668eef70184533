// express-session's middleware over a MemoryStore that counts.

import session from "express-session";

export function countedSession(count) {
  class CountedStore extends session.MemoryStore {
    get(id, callback) {
      count("get");
      super.get(id, callback);
    }
    set(id, value, callback) {
      count("set");
      super.set(id, value, callback);
    }
    touch(id, value, callback) {
      count("touch");
      super.touch(id, value, callback);
    }
    destroy(id, callback) {
      count("destroy");
      super.destroy(id, callback);
    }
  }
  return session({
    store: new CountedStore(),
    secret: "a secret of the benchmark, 32 characters or more",
    resave: false,
    saveUninitialized: false,
  });
}
