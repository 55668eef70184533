export {
  type SimpleCredential,
  type SimpleLoginOptions,
  type SimpleUser,
  simpleLogin,
} from "./simple-login.ts";
