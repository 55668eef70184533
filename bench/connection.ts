// One keep-alive HTTP/1.1 connection that sends requests one after the other. Cheaper than
// node:http, so that the load leaves the cores to the subjects.

import { once } from "node:events";
import { connect, type Socket } from "node:net";

export interface Answer {
  status: number;
  /** Status line and headers. */
  head: string;
  body: string;
}

const SILENCE_MS = 10_000;

export class Connection {
  readonly #socket: Socket;
  #received = "";
  #waiting: { resolve(answer: Answer): void; reject(error: Error): void } | null = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true).setEncoding("latin1");
    socket.on("data", (chunk) => this.#take(String(chunk)));
    socket.on("error", (error) => this.#waiting?.reject(error));
    socket.on("close", () => this.#waiting?.reject(new Error("the subject closed a connection")));
    socket.setTimeout(SILENCE_MS, () => {
      if (this.#waiting !== null) socket.destroy(new Error("the subject does not answer"));
    });
  }

  static async open(port: number): Promise<Connection> {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    return new Connection(socket);
  }

  /** @param request The whole text; it must wait for the answer to the one before. */
  exchange(request: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) return reject(new Error("the connection is closed"));
      this.#waiting = { resolve, reject };
      this.#socket.write(request, "latin1");
    });
  }

  close(): void {
    this.#waiting = null;
    this.#socket.destroy();
  }

  #take(chunk: string): void {
    this.#received += chunk;
    const end = this.#received.indexOf("\r\n\r\n");
    if (end === -1) return;
    const head = this.#received.slice(0, end);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
    const body = this.#received.slice(end + 4);
    if (body.length < length) return;
    this.#received = "";
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.resolve({ status: Number(head.slice(9, 12)), head, body });
  }
}
