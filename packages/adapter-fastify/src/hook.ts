// Fastify's hooks that run before a handler, whichever phase they are put in.

import type { FastifyReply, FastifyRequest } from "fastify";

/** Fits `onRequest`, `preValidation` and `preHandler`. */
export type Hook = (
  request: FastifyRequest,
  reply: FastifyReply,
  done: (error?: Error) => void,
) => void;
