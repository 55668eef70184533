// The stand-in for a MongoDB server as a program, with its port as the argument: it can be frozen and
// killed as a server can. It forgets everything when it ends.

import { createServer } from "node:net";
import { MongoCommands } from "@latchkey/tools/mongo-stand-in-commands";
import { type Document, serve } from "@latchkey/tools/mongo-stand-in-wire";
import { BSON } from "mongodb";

const commands = new MongoCommands(BSON);

async function answer(command: Document): Promise<Document> {
  commands.seen.length = 0; // Nobody looks at them here.
  try {
    return await commands.run(command);
  } catch (error) {
    return { ok: 0, errmsg: String(error), code: 59, codeName: "CommandNotFound" };
  }
}

createServer((socket) => serve(socket, BSON, answer)).listen(Number(process.argv[2]), "127.0.0.1");
