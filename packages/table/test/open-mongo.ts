// A client of the real driver for the stand-in's url.
import { MongoClient } from "mongodb";

export function openMongo(target: string): MongoClient {
  return new MongoClient(target, { serverSelectionTimeoutMS: 5_000, family: 4 });
}
