// Sends login attempts at a steady rate, as cheaply as it can be done: ready-made requests on plain
// sockets, as many at once as are unanswered. Prints what came back as JSON.
//   node login-flood-sender.ts <port> <seconds> <attempts a second> <number of the first>

import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const [port = 0, seconds = 0, perSecond = 0, first = 0] = process.argv.slice(2).map(Number);
const answers: Record<string, number> = {};
/** The last to be answered is the next to be used. */
const free: { socket: Socket; since: number }[] = [];
/** The app closes a connection that nothing came by for five seconds. */
const IDLE_MS = 2_000;
let [sockets, unanswered] = [0, 0];

const begin = performance.now();
const all = seconds * perSecond;
let sent = 0;
while (sent < all) {
  // Held up, it catches up at twice the rate: one great wave would be another test.
  const most = sent + perSecond / 100;
  const due = Math.min(all, most, ((performance.now() - begin) / 1_000) * perSecond);
  for (; sent < due; sent++) attempt(first + sent);
  await sleep(5);
}
const took = (performance.now() - begin) / 1_000;
for (let waited = 0; unanswered > 0 && waited < 30_000; waited += 50) await sleep(50);
console.log(JSON.stringify({ answers, sent, took, unanswered, sockets }));
process.exit();

/** Half of them at one account, each from a network of its own. */
function attempt(number: number): void {
  const body = `{"user":"${number % 2 ? "alpha" : `user-${number}`}","password":"wrong"}`;
  const ip = `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
  unanswered += 1;
  while (free[0] !== undefined && free[0].since < performance.now() - IDLE_MS) {
    free.shift()?.socket.destroy();
  }
  (free.pop()?.socket ?? open()).write(
    `POST /login HTTP/1.1\r\nhost: localhost\r\naccept: application/json\r\n` +
      `content-type: application/json\r\ncontent-length: ${body.length}\r\n` +
      `x-forwarded-for: ${ip}\r\n\r\n${body}`,
  );
}

function open(): Socket {
  const socket = connect({ host: "127.0.0.1", port });
  sockets += 1;
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk.toString("latin1");
    const head = text.indexOf("\r\n\r\n");
    const length = Number(/^content-length: (\d+)/im.exec(text)?.[1] ?? 0);
    if (head === -1 || text.length < head + 4 + length) return;
    const after = /^retry-after: (\d+)/im.exec(text.slice(0, head))?.[1];
    count(`${text.slice(9, 12)}${after === undefined ? "" : `, Retry-After ${after}`}`);
    const closes = /^connection: close/im.test(text.slice(0, head));
    text = "";
    if (!closes) free.push({ socket, since: performance.now() });
  });
  socket.on("error", (error) => count(`error ${error.message}`));
  return socket;
}

function count(answer: string): void {
  answers[answer] = (answers[answer] ?? 0) + 1;
  unanswered -= 1;
}
