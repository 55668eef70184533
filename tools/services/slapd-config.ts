// The slapd.conf of a test directory.

export interface SlapdConfig {
  folder: string;
  modules: string | null;
  schemas: string;
  tls: boolean;
  suffix: string;
  settings: readonly string[];
  database: readonly string[];
}

export function slapdConfig(config: SlapdConfig): string {
  const { folder, modules, schemas, tls, suffix, settings, database } = config;
  const loaded = ["back_mdb", "memberof", "refint", "ppolicy"];
  const lines = [
    ...["core", "cosine", "inetorgperson", "nis"].map(
      (name) => `include ${schemas}/${name}.schema`,
    ),
    ...(modules === null
      ? []
      : [`modulepath ${modules}`, ...loaded.map((name) => `moduleload ${name}`)]),
    `pidfile ${folder}/pid`,
    `argsfile ${folder}/args`,
    ...(tls ? tlsLines(folder) : []),
    ...settings,
    // Who is not bound may do nothing but bind.
    "access to attrs=userPassword by self write by anonymous auth by * none",
    "access to * by users read by * none",
    "database mdb",
    "maxsize 104857600",
    `suffix "${suffix}"`,
    `rootdn "cn=admin,${suffix}"`,
    "rootpw for-tests-only",
    `directory ${folder}/db`,
    "dbnosync",
    "index objectClass,uid,cn,mail,member,memberOf eq",
    ...database,
    "overlay memberof",
    "memberof-group-oc groupOfNames",
    "memberof-member-ad member",
    "memberof-memberof-ad memberOf",
    "memberof-refint TRUE",
    "overlay refint",
    "refint_attributes member",
    `refint_nothing cn=admin,${suffix}`,
    "overlay ppolicy",
    `ppolicy_default "cn=default,ou=policies,${suffix}"`,
    "ppolicy_use_lockout",
    "ppolicy_hash_cleartext",
  ];
  return `${lines.join("\n")}\n`;
}

function tlsLines(folder: string): string[] {
  return [
    `TLSCACertificateFile ${folder}/ca.crt`,
    `TLSCertificateFile ${folder}/server.crt`,
    `TLSCertificateKeyFile ${folder}/server.key`,
    "TLSVerifyClient never",
  ];
}
