// A real SMTP server that keeps every mail instead of delivering it, for tests and examples.
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import PostalMime, { type Email } from "postal-mime";
import { SMTPServer } from "smtp-server";

/** A mail as it came in. */
export interface ReceivedMail {
  /** Envelope addresses: what the server was told, not what the headers say. */
  readonly from: string;
  readonly to: readonly string[];
  /** Headers and bodies, decoded. */
  readonly mail: Email;
  /** As sent, headers first. */
  readonly raw: string;
}

export interface Mailbox {
  /** `smtp://127.0.0.1:port` */
  readonly url: string;
  readonly port: number;
  /** All mails so far, the oldest first. */
  readonly mails: readonly ReceivedMail[];
  /** The mails to an address, once there are at least `count` (default 1) of them. */
  waitFor(address: string, count?: number): Promise<ReceivedMail[]>;
  /** Forgets all mails. */
  clear(): void;
  stop(): Promise<void>;
}

export interface MailboxOptions {
  /** Default: any free port. */
  port?: number;
  /** Answers `RCPT TO` with this status for addresses that it names, e.g. `550`. */
  refuse?: (address: string) => number | null;
}

const WAIT_MS = 10_000;

export async function startMailbox(options: MailboxOptions = {}): Promise<Mailbox> {
  const { port = 0, refuse = () => null } = options;
  const mails: ReceivedMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["AUTH", "STARTTLS"],
    disableReverseLookup: true,
    onRcptTo({ address }, _session, done) {
      const status = refuse(address);
      done(status === null ? null : Object.assign(new Error("refused"), { responseCode: status }));
    },
    onData(stream, { envelope }, done) {
      read(stream)
        .then(async (raw) => {
          const mail = await PostalMime.parse(raw);
          const from = envelope.mailFrom ? envelope.mailFrom.address : "";
          mails.push({ from, to: envelope.rcptTo.map(({ address }) => address), mail, raw });
        })
        .then(() => done(), done);
    },
  });
  server.on("error", () => {}); // a client that hangs up is no fault of ours
  server.listen(port, "127.0.0.1");
  await once(server.server, "listening");
  const bound = portOf(server.server.address());
  return {
    url: `smtp://127.0.0.1:${bound}`,
    port: bound,
    mails,
    async waitFor(address, count = 1) {
      const end = Date.now() + WAIT_MS;
      for (;;) {
        const found = mails.filter(({ to }) => to.includes(address));
        if (found.length >= count) return found;
        if (Date.now() > end) {
          throw new Error(`${found.length} mails to ${address}, not ${count}, in ${WAIT_MS} ms`);
        }
        await sleep(5);
      }
    },
    clear() {
      mails.length = 0;
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function read(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("the mailbox has no port");
  return address.port;
}
