// The commands that our packages send, on documents in memory. No stronger than the real server:
// only what happens to one document is atomic; other clients come in between two documents, and
// between an upsert's search and its insert.
import { setImmediate as others } from "node:timers/promises";
import { compare, isPlain, matches, updated } from "./mongo-stand-in-matching.ts";
import type { Document, MongoBson } from "./mongo-stand-in-wire.ts";

const FIRST_BATCH = 101;

export class MongoCommands {
  /** By collection, by `_id`. */
  readonly collections: Map<string, Map<unknown, Document>> = new Map();
  /** By collection, the keys of the indexes that were asked for. */
  readonly indexes: Map<string, unknown[]> = new Map();
  /** Every command but greetings. */
  readonly seen: Document[] = [];
  readonly #cursors = new Map<number, Document[]>();
  readonly #specs = new Map<string, Document[]>();
  readonly #long: MongoBson["Long"];

  constructor({ Long }: MongoBson) {
    this.#long = Long;
  }

  async run(command: Document): Promise<Document> {
    const [name = "", target] = Object.entries(command)[0] ?? [];
    if (name === "hello" || name.toLowerCase() === "ismaster") return greeting();
    this.seen.push(command);
    switch (name) {
      case "ping":
      case "endSessions":
        return { ok: 1 };
      case "find":
        return this.#find(String(target), command);
      case "getMore":
        return this.#getMore(Number(target), command);
      case "update":
        return this.#update(String(target), listOf(command, "updates"));
      case "insert":
        return this.#insert(String(target), listOf(command, "documents"));
      case "delete":
        return this.#delete(this.#documents(target), listOf(command, "deletes"));
      case "createIndexes": {
        const keys = listOf(command, "indexes").map((index) => index["key"]);
        this.indexes.set(String(target), keys);
        const specs = this.#specs.get(String(target)) ?? [];
        this.#specs.set(String(target), [...specs, ...listOf(command, "indexes")]);
        return { ok: 1 };
      }
      case "listIndexes":
        return this.#listIndexes(String(target));
      default:
        throw new Error(`the command ${name} is not known here`);
    }
  }

  #documents(collection: unknown): Map<unknown, Document> {
    const name = String(collection);
    const documents = this.collections.get(name) ?? new Map<unknown, Document>();
    this.collections.set(name, documents);
    return documents;
  }

  #find(collection: string, command: Document): Document {
    const { filter, sort, limit, projection, singleBatch } = command;
    const found = [...this.#documents(collection).values()].filter((document) =>
      matches(document, plain(filter)),
    );
    const [field, direction] = Object.entries(plain(sort))[0] ?? [];
    if (field !== undefined) {
      found.sort((a, b) => Number(direction) * compare(a[field], b[field]));
    }
    const most = Math.abs(Number(limit ?? 0)) || found.length;
    const only = Object.keys(plain(projection));
    const result = found.slice(0, most).map((document) => {
      if (only.length === 0) return document;
      return Object.fromEntries(only.map((key) => [key, document[key]]));
    });
    const rest = singleBatch === true ? [] : result.slice(FIRST_BATCH);
    const id = rest.length === 0 ? 0 : this.#cursors.size + 1;
    this.#cursors.set(id, rest);
    const firstBatch = result.slice(0, FIRST_BATCH);
    return {
      cursor: { id: this.#long.fromNumber(id), ns: `app.${collection}`, firstBatch },
      ok: 1,
    };
  }

  #getMore(id: number, command: Document): Document {
    const nextBatch = this.#cursors.get(id);
    if (nextBatch === undefined) throw new Error("cursor not found");
    this.#cursors.set(id, []);
    const ns = `app.${String(command["collection"])}`;
    return { cursor: { id: this.#long.fromNumber(0), ns, nextBatch }, ok: 1 };
  }

  #listIndexes(collection: string): Document {
    const specs = this.#specs.get(collection);
    if (specs === undefined && !this.collections.has(collection)) {
      return { ok: 0, errmsg: "ns does not exist", code: 26, codeName: "NamespaceNotFound" };
    }
    const firstBatch = [{ v: 2, key: { _id: 1 }, name: "_id_" }, ...(specs ?? [])];
    const id = this.#long.fromNumber(0);
    return { cursor: { id, ns: `app.${collection}`, firstBatch }, ok: 1 };
  }

  async #insert(collection: string, inserts: Document[]): Promise<Document> {
    const documents = this.#documents(collection);
    const [document, ...more] = inserts;
    if (document === undefined || more.length > 0) throw new Error("one insert is known here");
    await others();
    const { _id } = document;
    const taken = documents.has(_id) ? "_id" : this.#takenIn(collection, document);
    if (taken !== null) return duplicate(taken, document);
    documents.set(_id, document);
    return { n: 1, ok: 1 };
  }

  /** The unique field in which another document has the same; one without the field has null. */
  #takenIn(collection: string, document: Document): string | null {
    const rest = [...this.#documents(collection).values()].filter(
      ({ _id }) => _id !== document["_id"],
    );
    const fields = (this.#specs.get(collection) ?? [])
      .filter(({ unique }) => unique === true)
      .map(({ key }) => Object.keys(plain(key))[0] ?? "");
    const same = (other: Document, field: string): boolean =>
      matches(other, { [field]: { $eq: document[field] ?? null } });
    return fields.find((field) => rest.some((other) => same(other, field))) ?? null;
  }

  async #update(collection: string, updates: Document[]): Promise<Document> {
    const documents = this.#documents(collection);
    const [{ q, u, upsert, multi } = {}, ...more] = updates;
    if (more.length > 0) throw new Error("only one update is known here");
    const filter = plain(q);
    if (multi === true) return this.#updateMany(collection, filter, u);
    const found = documentWith(documents, filter);
    if (found !== null) {
      documents.set(found["_id"], updated(found, u));
      return { n: 1, nModified: 1, ok: 1 };
    }
    if (upsert !== true) return { n: 0, nModified: 0, ok: 1 };
    await others();
    const _id = filter["_id"];
    if (documents.has(_id)) return duplicate("_id", filter);
    documents.set(_id, updated({ _id }, u));
    return { n: 1, nModified: 0, ok: 1, upserted: [{ index: 0, _id }] };
  }

  async #updateMany(collection: string, filter: Document, update: unknown): Promise<Document> {
    const documents = this.#documents(collection);
    let n = 0;
    for (const _id of [...documents.keys()]) {
      const document = documents.get(_id);
      if (document === undefined || !matches(document, filter)) continue;
      const next = updated(document, update);
      const taken = this.#takenIn(collection, next);
      if (taken !== null) return { ...duplicate(taken, next), n };
      documents.set(_id, next);
      n++;
      await others();
    }
    return { n, nModified: n, ok: 1 };
  }

  async #delete(documents: Map<unknown, Document>, deletes: Document[]): Promise<Document> {
    const [{ q, limit } = {}, ...more] = deletes;
    if (more.length > 0) throw new Error("only one delete is known here");
    const filter = plain(q);
    if (limit === 1) {
      const found = documentWith(documents, filter);
      return { n: found !== null && documents.delete(found["_id"]) ? 1 : 0, ok: 1 };
    }
    let n = 0;
    for (const _id of [...documents.keys()]) {
      const document = documents.get(_id);
      if (document === undefined || !matches(document, filter)) continue;
      documents.delete(_id);
      n++;
      await others();
    }
    return { n, ok: 1 };
  }
}

function greeting(): Document {
  return {
    ismaster: true,
    isWritablePrimary: true,
    helloOk: true,
    maxBsonObjectSize: 16 * 1024 * 1024,
    maxMessageSizeBytes: 48_000_000,
    maxWriteBatchSize: 100_000,
    localTime: new Date(),
    logicalSessionTimeoutMinutes: 30,
    minWireVersion: 0,
    maxWireVersion: 21, // MongoDB 7.0
    readOnly: false,
    ok: 1,
  };
}

/** By `_id` where the filter has one, as an index would. */
function documentWith(documents: Map<unknown, Document>, filter: Document): Document | null {
  const { _id } = filter;
  if (typeof _id !== "string") throw new Error("one document is only asked for by its _id here");
  const document = documents.get(_id);
  return document !== undefined && matches(document, filter) ? document : null;
}

function duplicate(field: string, document: Document): Document {
  const errmsg = `E11000 duplicate key error dup key: { ${field}: "${document[field]}" }`;
  return { n: 0, nModified: 0, ok: 1, writeErrors: [{ index: 0, code: 11_000, errmsg }] };
}

function plain(value: unknown): Document {
  return isPlain(value) ? value : {};
}

function listOf(command: Document, field: string): Document[] {
  const list = command[field];
  return Array.isArray(list) ? list.map(plain) : [];
}
