export { type FileStore, type FileStoreOptions, openFileStore } from "./file-store.ts";
