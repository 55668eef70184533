// Keys for everyone.

export const secret = "a secret of the benchmark, 32 characters or more";
export const key32 = Buffer.alloc(32, "a key of the benchmark");
