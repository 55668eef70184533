// /logout

import { auth } from "../../auth.ts";

export const GET = auth.route(auth.logout());
export const POST = GET;
