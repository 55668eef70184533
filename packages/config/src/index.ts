export { type OpenedStore, openStore } from "./open-store.ts";
export { readSecrets, type SecretsOptions } from "./read-secrets.ts";
export {
  type Environment,
  readDuration,
  readPort,
  readText,
  readTrustProxy,
} from "./read-setting.ts";
