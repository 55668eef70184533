// /members/ada: a guarded page. Next.js hands over the names of the path as a promise.

import { auth, members } from "../../../auth.ts";

interface Context {
  params: Promise<{ name: string }>;
}

export const GET = auth.route(async (_request, { session }, { params }: Context) => {
  const { name } = await params;
  return Response.json({ name, user: session.user });
}, members);
