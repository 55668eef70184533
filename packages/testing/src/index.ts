export { type StoreContractOptions, type StoreSubject, storeContract } from "./store-contract.ts";
