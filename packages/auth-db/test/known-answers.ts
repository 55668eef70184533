// Hashes made by others, of the password below.
//
// - argon2: `$argon2i$` and `$argon2id$` from test.c and README.md of the reference implementation
//   (github.com/P-H-C/phc-winner-argon2); their password is "password".
//   `$argon2d$`: crypto.argon2 of Node 24 (OpenSSL), same password.
// - bcrypt, `$5$` and `$6$`: crypt(3) of libxcrypt, through Python 3.11's crypt module.
// - PBKDF2 and scrypt: hashlib of Python 3.11 (OpenSSL), written in the formats of passlib, PHC,
//   Django and Werkzeug.

export const password = "correct horse battery staple";

export const argon2Answers: string[] = [
  "$argon2i$v=19$m=65536,t=2,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b+dWRWJTmaaJObG",
  "$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA",
  "$argon2i$m=65536,t=2,p=1$c29tZXNhbHQ$9sTbSlTio3Biev89thdrlKKiCaYsjjYVJxGAL3swxpQ",
  "$argon2d$v=19$m=65536,t=2,p=2$c29tZXNhbHQ$BxwZHPAs61BHAnM8EJvzYVnYaPtlZLapnUuJPMhu1Ew",
  "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
];

export const outdatedAnswers: Record<string, string> = {
  "passlib pbkdf2": "$pbkdf2$1300$8PHy8/T19vf4.fr7/P3./w$JKoaB9BKWOVCOOkUNPSJJ575QPs",
  "PHC pbkdf2-sha1": "$pbkdf2-sha1$i=1300$8PHy8/T19vf4+fr7/P3+/w$JKoaB9BKWOVCOOkUNPSJJ575QPs",
  "PHC with l, pbkdf2-sha1":
    "$pbkdf2-sha1$i=1300,l=20$8PHy8/T19vf4+fr7/P3+/w$JKoaB9BKWOVCOOkUNPSJJ575QPs",
  "passlib pbkdf2-sha256":
    "$pbkdf2-sha256$2900$8PHy8/T19vf4.fr7/P3./w$AxkmhhGffDHnklsCR/NJtLKj.yTWmhL3nbwRScxziUU",
  "PHC pbkdf2-sha256":
    "$pbkdf2-sha256$i=2900$8PHy8/T19vf4+fr7/P3+/w$AxkmhhGffDHnklsCR/NJtLKj+yTWmhL3nbwRScxziUU",
  "PHC with l, pbkdf2-sha256":
    "$pbkdf2-sha256$i=2900,l=32$8PHy8/T19vf4+fr7/P3+/w$AxkmhhGffDHnklsCR/NJtLKj+yTWmhL3nbwRScxziUU",
  "passlib pbkdf2-sha512":
    "$pbkdf2-sha512$2500$8PHy8/T19vf4.fr7/P3./w$a860JAbCmcukxxSj3AQ5JdyqtHS80q2zb.8cOGnM8AAvpENquHF.b3O0IfCsjPvuoggMfbdn8NpuXQ.7yRXWCQ",
  "PHC pbkdf2-sha512":
    "$pbkdf2-sha512$i=2500$8PHy8/T19vf4+fr7/P3+/w$a860JAbCmcukxxSj3AQ5JdyqtHS80q2zb+8cOGnM8AAvpENquHF+b3O0IfCsjPvuoggMfbdn8NpuXQ+7yRXWCQ",
  "PHC with l, pbkdf2-sha512":
    "$pbkdf2-sha512$i=2500,l=64$8PHy8/T19vf4+fr7/P3+/w$a860JAbCmcukxxSj3AQ5JdyqtHS80q2zb+8cOGnM8AAvpENquHF+b3O0IfCsjPvuoggMfbdn8NpuXQ+7yRXWCQ",
  "django pbkdf2_sha256":
    "pbkdf2_sha256$6000$seasalt2$9U58TndqQQvdlsWeD2z1fYZlcegkXxTJ0+MmQlMrGKU=",
  "django pbkdf2_sha1": "pbkdf2_sha1$6000$seasalt2$7V2URLzTk32GvtlHptylTytCmVg=",
  "werkzeug pbkdf2:sha256":
    "pbkdf2:sha256:2600$aB3dE6gH9jK2mN5p$dfef769b932f2be2d7685caf7cae352ffd687d8f761ecab41ce061cc8931be9b",
  "werkzeug pbkdf2:sha512":
    "pbkdf2:sha512:2600$aB3dE6gH9jK2mN5p$5689c1f17fe5e82c4edc7081ee3046a64d8d445b0db97aaea8427075ee3a8cf0b9750f91ee3fd1c84d0931674c88fbc09d57cf9052d9e08baea6001e92ea1969",
  "werkzeug pbkdf2:sha1":
    "pbkdf2:sha1:2600$aB3dE6gH9jK2mN5p$3502d3b1508bfad5c12c03090e6a5cd51a128380",
  "werkzeug scrypt":
    "scrypt:32768:8:1$aB3dE6gH9jK2mN5p$3e64f0518950c373e331db0036007104120368979337e6ed8a0971addc23b0eda384196c026eb7663858ac8ffde482dd74138321a9af14544b0cd0f81852e5e9",
  "PHC scrypt":
    "$scrypt$ln=10,r=8,p=2$8PHy8/T19vf4+fr7/P3+/w$p4tDseuOK02FvpkLpgnrqTKjnlK86Vk2NLXFo8AMsHM",
  sha256_crypt: "$5$rounds=1500$saltstring$nrkA96irQTEBujqaWh4mS0mvtwxWnyJ0eKqyynm9Id2",
  "sha256_crypt, default rounds": "$5$abcdefghijklmnop$hC8AP1csILKOixKEZZT5Ow0ioyImaJ1l9c7ERrYV6O8",
  sha512_crypt:
    "$6$rounds=1400$anotherlongsalts$DY8ofsHFwr6qUPLa1CEoQGwXJoRil1PKmXBbSOenTcLcsBy4jAfIOZdnnEP.DV9c9SkLwknNyyn0xLnV6Ykmu1",
  "sha512_crypt, default rounds":
    "$6$xy$QyRzU5Vlj5nKLsXzv7KfYG0.ZJ4rshYD7z/RriTatgtk9iolAWDrK.t8MWcVJC4kWa/EQkl3CfEBImsjuwE78/",
  "sha256_crypt, salt of the seed":
    "$5$rounds=5500$secret-key$n5XVuCPpJE8m12qZhGLYtqV4uorWMMzlt/7yyK5xqM3",
  "bcrypt 2b": "$2b$04$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG",
  "bcrypt 2y": "$2y$05$abcdefghijklmnopqrstuuFiPhXf1sVd3pCCRO.uVh34H/qI/ZsuS",
  "bcrypt 2a": "$2a$04$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG",
};

/** sha256_crypt and sha512_crypt of passwords around the lengths of a digest. */
export const shaCryptAnswers: [password: string, stored: string][] = [
  ["x", "$5$rounds=1000$s$eeQSk6gfU9BRZYJReoVWuVaNAzKa371bg9tNLHdX.v7"],
  [
    "x",
    "$6$rounds=1000$s$7XDU1ABRbqPVMczp.zJ9FBaWWwzhXLyaEZWeQPoeYReVIQN5qyOyeF89XU4irNWivJ6DCvTboKoI9BNUN.jdG0",
  ],
  ["ü".repeat(70), "$5$rounds=1000$s$6fqZOSui6pLXTVtIuFY0mUVUExe0tEJaOA4d/wm85Y8"],
  [
    "ü".repeat(70),
    "$6$rounds=1000$s$wsKZdtP4p9NVKkSco768nN0NV7t.4AQIhpNFHo6aW4OgDAWIukn0D6oqGrwE/Y/bqWXLFS53mPZavR6pZonuG1",
  ],
  ["a".repeat(64), "$5$rounds=1000$s$V3ATfxP12fgW4Ps2zF6r11QS7TRcVCqgp5HKMj5.W6C"],
  [
    "a".repeat(64),
    "$6$rounds=1000$s$FMhAoQb6q/z08Qc2SiANYyvgbjLXTKa77A4W23V2X3S9D1DUJxCKyyuIciIVGmURTH7cn4/yGPFnQRw2mqlnb1",
  ],
  ["a".repeat(31), "$5$rounds=1000$s$yK7KF7WlGRv5hSAPFD0hAsSl7D8FjWV16xYqJl24FN7"],
  [
    "a".repeat(31),
    "$6$rounds=1000$s$xV0kMXrAiTD.b83K3Bg9YrwXEmWbxNP8kOtz2IpdYl3H.ULOcrrxPf0yW4rw9jwF5N18Moa5SNkdqoSXOODL4/",
  ],
  ["a".repeat(33), "$5$rounds=1000$s$C2al8SvzNjwZ6JAvc2K65PRHOHl7InrA2XhW/.cAiw9"],
  [
    "a".repeat(33),
    "$6$rounds=1000$s$M7PMS636OVqGDG.RlhwC3bkfcQ/VfwXArGVzbhkKJQ/1jx08eXTz1s0trRqaimeq2qjGumHESylHFAKQtrE.H/",
  ],
];

/** bcrypt of 72 times "a", by libxcrypt: it would also fit any longer password that begins so. */
export const bcryptOf72: string = "$2b$04$abcdefghijklmnopqrstuuBzzIgyKkz7xMWYSzkIjUSnxEQFQ0WNe";
