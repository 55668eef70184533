// /notes/any/path: notes that are kept in the session, for members.

import { auth, members } from "../../../auth.ts";

interface Context {
  params: Promise<{ path: string[] }>;
}

export const GET = auth.route(async (_request, { session }, { params }: Context) => {
  return Response.json(session.data[await keyOf(params)] ?? null);
}, members);

export const PUT = auth.route(
  async (request, { session }, { params }: Context) => {
    const note = await request.text();
    session.data[await keyOf(params)] = note;
    return Response.json(note);
  },
  members,
  (request) => auth.csrf(request),
);

async function keyOf(params: Context["params"]): Promise<string> {
  return (await params).path.join("/");
}
