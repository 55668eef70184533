// A store in slow motion: others may come in between before each call's work and before its answer.
import type { Store } from "@latchkey/session-core";

export function scheduledStore(store: Store, pause: (where: string) => Promise<void>): Store {
  async function slowly<T>(name: string, work: () => Promise<T>): Promise<T> {
    await pause(`before ${name}`);
    const answer = await work();
    await pause(`after ${name}`);
    return answer;
  }
  return {
    create: (record) => slowly("create", () => store.create(record)),
    get: (id) => slowly("get", () => store.get(id)),
    replace: (next) => slowly("replace", () => store.replace(next)),
    touch: (id, seenAt, expiresAt) => slowly("touch", () => store.touch(id, seenAt, expiresAt)),
    delete: (id) => slowly("delete", () => store.delete(id)),
    listByOwner: (owner, limit) => slowly("listByOwner", () => store.listByOwner(owner, limit)),
    scan: (prefix, cursor, limit) => slowly("scan", () => store.scan(prefix, cursor, limit)),
    deleteByOwner: (owner, exceptId) =>
      slowly("deleteByOwner", () => store.deleteByOwner(owner, exceptId)),
    deleteExpired: (limit) => slowly("deleteExpired", () => store.deleteExpired(limit)),
  };
}
