export { fail, runApp } from "./run-app.ts";
export { type ExampleSettings, readExampleSettings } from "./settings.ts";
export { type AppUser, openUsers, type Users } from "./users.ts";
