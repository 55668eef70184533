// One of two processes that want the same names, and swap the same password, at the same moments.

import { openTable } from "../open-table.ts";
import { newRow } from "../table-contract-rule.ts";

const racers = 25;
const [target = "", name = "", who = ""] = process.argv.slice(2);
const { table, close } = await openTable(target, name);

process.on("message", async (round: number | "end") => {
  if (round === "end") {
    await close();
    process.disconnect();
    return;
  }
  const user = `round${round}`;
  const every = Array.from({ length: racers }, (_, at) => `${who}${at}`);
  const signUps = every.map((id) =>
    table.insertIfAbsent(newRow(user, { email: `${id}-${round}@c.example` }), "user"),
  );
  const swaps = every.map((id) =>
    table.update(
      { user: "gamma", password: round === 0 ? "three" : `round${round - 1}` },
      { password: `round${round}`, role: id },
    ),
  );
  const won = (await Promise.all(signUps)).filter(Boolean).length;
  const swapped = (await Promise.all(swaps)).reduce((sum, count) => sum + count, 0);
  process.send?.({ won, swapped });
});

await table.find("user", "alpha"); // connected
process.send?.("ready");
