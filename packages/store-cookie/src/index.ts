export { type CookieStore, type CookieStoreOptions, cookieStore } from "./cookie-store.ts";
