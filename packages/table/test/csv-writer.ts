// One of several processes that write the same file: inserts rows and counts in gamma's password.

import { csvTable } from "../src/index.ts";

const [path = "", name = "", count = "0"] = process.argv.slice(2);
const table = csvTable(path);
for (let at = 0; at < Number(count); at++) {
  await table.insert({ user: `${name}${at}`, role: "written" });
  let done = 0;
  while (done === 0) {
    const [gamma] = await table.find("user", "gamma");
    const old = gamma?.["password"] ?? "";
    const next = old === "three" ? 1 : Number(old) + 1;
    done = await table.update({ user: "gamma", password: old }, { password: next });
  }
}
