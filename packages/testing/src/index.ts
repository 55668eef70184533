export {
  type AdapterContractOptions,
  adapterContract,
  type RunningApp,
} from "./adapter-contract.ts";
export {
  type Answer,
  Browser,
  type BrowserOptions,
  type SendOptions,
} from "./adapter-contract-browser.ts";
export { formsOf, type PageForm } from "./adapter-contract-form.ts";
export {
  type AppProcess,
  type AppProcessOptions,
  appProcess,
} from "./adapter-contract-process.ts";
export {
  type LastStep,
  type LoginContractOptions,
  type LoginSubject,
  loginContract,
  type ResetJourney,
} from "./login-contract.ts";
export { type StoreContractOptions, type StoreSubject, storeContract } from "./store-contract.ts";
