// /login

import { auth, login } from "../../auth.ts";

export const GET = auth.route(login);
export const POST = auth.route(login);
