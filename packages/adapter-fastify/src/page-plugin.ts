// A login or logout page as a plug-in of its own context, with body parsers that stay in it.

import { readBody } from "@latchkey/adapter-node";
import type { Reply } from "@latchkey/session-core";
import type { FastifyPluginCallback } from "fastify";
import type { AnyRequest } from "./hook.ts";
import { sendReply } from "./send-reply.ts";

export function pagePlugin(answer: (request: AnyRequest) => Promise<Reply>): FastifyPluginCallback {
  return (instance, _options, done) => {
    instance.removeAllContentTypeParsers();
    instance.addContentTypeParser("*", (request, _payload, parsed) => {
      readBody(request.raw).then((body) => parsed(null, body), parsed);
    });
    instance.all("/", (request, reply) => {
      // A guard that is mounted on the context of this page spares it: see `loginUrl`.
      answer(request).then(
        (page) => sendReply(reply, page),
        (error) => reply.send(error),
      );
    });
    done();
  };
}
