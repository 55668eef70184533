export { adminPage } from "./pages/admin-page.ts";
export { homePage } from "./pages/home-page.ts";
export { membersPage } from "./pages/members-page.ts";
export { notFoundPage } from "./pages/not-found-page.ts";
export type { PageResult } from "./pages/page.ts";
export { sessionsPage } from "./pages/sessions-page.ts";
export { fail, runApp } from "./run-app.ts";
export { type ExampleSettings, readExampleSettings } from "./settings.ts";
export { type AppUser, openUsers, type Users } from "./users.ts";
