// MongoDB's wire protocol as far as the driver needs it here: OP_MSG both ways, and OP_QUERY for
// the first greeting. https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/
import type { Socket } from "node:net";

export type Document = Record<string, unknown>;

/** `BSON` of the `mongodb` package: from the caller, since this folder has no driver. */
export interface MongoBson {
  serialize(document: Document): Uint8Array;
  deserialize(bytes: Uint8Array): Document;
  Long: { fromNumber(value: number): unknown };
}

const OP_QUERY = 2004;
const OP_MSG = 2013;
const HEADER = 16;

/** Answers every request on a connection, in the order in which they come. */
export function serve(
  socket: Socket,
  bson: MongoBson,
  answer: (command: Document) => Promise<Document>,
): void {
  let pending: Buffer = Buffer.alloc(0);
  let turn: Promise<void> = Promise.resolve();
  socket.on("error", () => {}); // A client that goes away.
  socket.on("data", (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 4 && pending.length >= pending.readInt32LE(0)) {
      const message = pending.subarray(0, pending.readInt32LE(0));
      pending = pending.subarray(message.length);
      turn = turn.then(async () => {
        const reply = await answer(commandOf(message, bson));
        if (socket.writable) socket.write(replyTo(message.readInt32LE(4), bson.serialize(reply)));
      });
    }
  });
}

function commandOf(message: Buffer, bson: MongoBson): Document {
  switch (message.readInt32LE(12)) {
    case OP_MSG:
      return sectionsOf(message, HEADER + 4, bson);
    case OP_QUERY: {
      const name = message.indexOf(0, HEADER + 4); // After the flags, a name that ends with 0.
      return documentAt(message, name + 1 + 8, bson);
    }
    default:
      throw new Error(`the wire protocol's opcode ${message.readInt32LE(12)} is not known here`);
  }
}

/** One document, and lists of documents that belong into it. */
function sectionsOf(message: Buffer, start: number, bson: MongoBson): Document {
  let command: Document = {};
  const lists: Document = {};
  for (let place = start; place < message.length; ) {
    const kind = message.readUInt8(place++);
    const end = place + message.readInt32LE(place);
    if (kind === 0) {
      command = documentAt(message, place, bson);
    } else {
      const nameEnd = message.indexOf(0, place + 4);
      const list: Document[] = [];
      for (let next = nameEnd + 1; next < end; next += message.readInt32LE(next)) {
        list.push(documentAt(message, next, bson));
      }
      lists[message.toString("utf8", place + 4, nameEnd)] = list;
    }
    place = end;
  }
  return { ...command, ...lists };
}

function documentAt(message: Buffer, place: number, bson: MongoBson): Document {
  return bson.deserialize(message.subarray(place, place + message.readInt32LE(place)));
}

function replyTo(requestId: number, body: Uint8Array): Buffer {
  const head = Buffer.alloc(HEADER + 5);
  head.writeInt32LE(head.length + body.length, 0);
  head.writeInt32LE(requestId, 8);
  head.writeInt32LE(OP_MSG, 12);
  return Buffer.concat([head, body]);
}
