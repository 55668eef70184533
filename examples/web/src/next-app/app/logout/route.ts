// /logout

import { auth, logout } from "../../auth.ts";

export const GET = auth.route(logout);
export const POST = auth.route(logout);
