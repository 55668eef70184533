// The stand-in for a MongoDB server, with clients of the real driver that end together with it.
import type { TlsOptions } from "node:tls";
import { type MongoStandIn, startMongoStandIn } from "@latchkey/tools/mongo-stand-in";
import { BSON, type Collection, MongoClient, type MongoClientOptions } from "mongodb";
import type { MongoRecord } from "../src/index.ts";

export interface FakeMongo extends MongoStandIn {
  /** A client of its own, and its collection. */
  connect(options?: MongoClientOptions): Collection<MongoRecord>;
}

/** @param tls For a server that speaks only TLS. */
export async function startFakeMongo(tls: TlsOptions | null = null): Promise<FakeMongo> {
  const standIn = await startMongoStandIn(BSON, tls);
  const clients: MongoClient[] = [];
  const { close } = standIn;
  return Object.assign(standIn, {
    connect(options: MongoClientOptions = {}) {
      const client = new MongoClient(standIn.url, {
        serverSelectionTimeoutMS: 2_000,
        family: 4,
        ...options,
      });
      clients.push(client);
      return client.db("app").collection<MongoRecord>("latchkey_records");
    },
    async close() {
      standIn.mode = "work";
      await Promise.all(clients.map((client) => client.close(true)));
      await close();
    },
  });
}
