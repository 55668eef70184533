export { limitMysqlPool } from "./limit-mysql-pool.ts";
export { type ListenablePostgresPool, limitPostgresPool } from "./limit-postgres-pool.ts";
export { type SqlStore, type SqlStoreOptions, sqlStore } from "./sql-store.ts";
