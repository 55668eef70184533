export {
  type Latchkey,
  type LatchkeyOptions,
  latchkey,
  type SessionVariables,
} from "./latchkey.ts";
