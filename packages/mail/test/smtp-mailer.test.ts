import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { type Mailbox, startMailbox } from "@latchkey/tools/mailbox";
import { createTransport } from "nodemailer";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { MailError, smtpMailer } from "../src/index.ts";

let mailbox: Mailbox;
beforeAll(async () => {
  mailbox = await startMailbox({
    refuse: (address) =>
      address.startsWith("nobody@") ? 550 : address.startsWith("later@") ? 451 : null,
  });
});
afterAll(() => mailbox.stop());
afterEach(() => mailbox.clear());

const from = "Field Notes <app@example.com>";
const message = {
  to: "ann@example.org",
  subject: "Grüße 🔑",
  text: "Hällo\n",
  html: "<b>Hällo</b>",
};

test("a mail arrives with both bodies, from and to whom it says", async () => {
  await smtpMailer(mailbox.url, { from }).send(message);
  const [received] = mailbox.mails;
  expect(received).toMatchObject({
    from: "app@example.com",
    to: ["ann@example.org"],
    mail: {
      subject: "Grüße 🔑",
      from: { name: "Field Notes", address: "app@example.com" },
      to: [{ address: "ann@example.org" }],
    },
  });
  expect(received?.mail.text?.trim()).toBe("Hällo");
  expect(received?.mail.html?.trim()).toBe("<b>Hällo</b>");
  expect(received?.raw).toContain("Auto-Submitted: auto-generated");
});

test("settings and a transport of one's own do as well as a URL, and a mail may have its sender", async () => {
  const settings = { host: "127.0.0.1", port: mailbox.port };
  await smtpMailer(settings, { from }).send({ ...message, from: "Ann, Inc. <ann@example.com>" });
  await smtpMailer(createTransport(settings), { from }).send(message);
  expect(mailbox.mails.map(({ from }) => from)).toEqual(["ann@example.com", "app@example.com"]);
  expect(mailbox.mails[0]?.mail.from?.name).toBe("Ann, Inc.");
});

test.each([
  { to: "a@x.example,b@evil.example" },
  { to: "a@x.example\r\nRCPT TO:<b@evil.example>" },
  { to: '"a@evil.example"@x.example' },
  { to: "a\uff20x.example" },
  { subject: "Hello\r\nBcc: b@evil.example" },
  { subject: "Hello\u0000" },
  { from: "Ann\r\nBcc: b@evil.example <a@x.example>" },
  { from: "a@x.example, b@evil.example" },
])("35: %j is refused before it reaches the server", async (part) => {
  const sent = smtpMailer(mailbox.url, { from }).send({ ...message, ...part });
  await expect(sent).rejects.toMatchObject({ name: "MailError", code: "ERR_MAIL_MESSAGE" });
  expect(mailbox.mails).toEqual([]);
});

test("35: neither files nor addresses are read for a body", async () => {
  await smtpMailer(mailbox.url, { from }).send({ ...message, text: "file:///etc/passwd" });
  expect(mailbox.mails[0]?.mail.text?.trim()).toBe("file:///etc/passwd");
});

test.each([
  ["nobody@example.org", "ERR_MAIL_REFUSED"],
  ["later@example.org", "ERR_MAIL_UNAVAILABLE"],
])("%s is %s, and the message doesn't say who", async (to, code) => {
  const error = await smtpMailer(mailbox.url, { from })
    .send({ ...message, to })
    .catch((e) => e);
  expect(error).toBeInstanceOf(MailError);
  expect(error).toMatchObject({ code, cause: expect.any(Error) });
  expect(error.message).not.toContain("example");
});

test("a server that is not there is an error", async () => {
  const gone = await startMailbox();
  await gone.stop();
  const sent = smtpMailer(gone.url, { from }).send(message);
  await expect(sent).rejects.toMatchObject({ code: "ERR_MAIL_UNAVAILABLE" });
});

test.each([
  ["says nothing", () => {}],
  ["says hello and no more", (socket: Socket) => socket.write("220 hello\r\n")],
])("a server that %s is given up in time", async (_, greet) => {
  const server = createServer(greet);
  try {
    const mailer = smtpMailer(`smtp://127.0.0.1:${await listen(server)}`, { from, timeoutMs: 300 });
    await expect(mailer.send(message)).rejects.toMatchObject({ code: "ERR_MAIL_UNAVAILABLE" });
  } finally {
    server.close();
  }
});

test("a transport of one's own that never answers is given up in time", async () => {
  const mailer = smtpMailer({ sendMail: () => new Promise(() => {}) }, { from, timeoutMs: 50 });
  await expect(mailer.send(message)).rejects.toMatchObject({ code: "ERR_MAIL_UNAVAILABLE" });
});

test("wrong options are refused at start", () => {
  expect(() => smtpMailer(mailbox.url, { from: "nobody" })).toThrow(/^from/);
  expect(() => smtpMailer("http://127.0.0.1", { from })).toThrow(/^server/);
  expect(() => smtpMailer("", { from })).toThrow(/^server/);
  expect(() => smtpMailer(mailbox.url, { from, timeoutMs: Number.NaN })).toThrow(/^timeoutMs/);
});

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}
