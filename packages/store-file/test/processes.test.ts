// Several processes on one file, and processes that die in the middle of it.
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openFileStore } from "../src/index.ts";
import { type Child, startChild } from "./child-process.ts";
import { type TestFolder, testFolder } from "./test-folder.ts";

const opener = new URL("./children/opener.ts", import.meta.url);
const writer = new URL("./children/writer.ts", import.meta.url);

const LANES = 4;
const KILLS = 50; // in each lane

let folder: TestFolder;
let children: Child[] = [];
let places: TestFolder[] = [];
beforeEach(() => {
  folder = testFolder();
});
afterEach(async () => {
  for (const child of children) child.process.kill("SIGKILL");
  await Promise.all(children.map((child) => child.ended));
  children = [];
  for (const place of [folder, ...places]) place.remove();
  places = [];
});

function start(script: URL, ...args: string[]): Child {
  const child = startChild(script, args);
  children.push(child);
  return child;
}

test("20 processes open it at once: one wins; when it is killed, again one", {
  timeout: 120_000,
}, async () => {
  let rivals = Array.from({ length: 20 }, () => start(opener, folder.file));
  await Promise.all(rivals.map((child) => child.line(0)));
  for (let round = 1; round <= 8; round++) {
    for (const child of rivals) child.tell("go");
    const answers = await Promise.all(rivals.map((child) => child.line(round)));
    const losers = rivals.filter((_, index) => answers[index] === "refused");
    const winners = rivals.filter((_, index) => answers[index] === "won");
    expect([round, winners.length, losers.length]).toEqual([round, 1, rivals.length - 1]);
    await expect(openFileStore(folder.file)).rejects.toThrow(/open already/);
    winners[0]?.process.kill("SIGKILL");
    expect(await winners[0]?.ended).toBe("SIGKILL");
    rivals = losers;
  }
  const store = await openFileStore(folder.file);
  expect(await store.listByOwner("session:u1", 100)).toHaveLength(8);
  await store.close();
});

test(`${LANES * KILLS} kills during writes lose nothing that was answered`, {
  timeout: 240_000,
}, async () => {
  const counts = await Promise.all(Array.from({ length: LANES }, (_, lane) => killAgain(lane)));
  console.log(`answered changes that were checked, in ${LANES} files: ${counts.join(", ")}`);
  for (const count of counts) expect(count).toBeGreaterThan(KILLS * 10);
});

/** Kills a writer again and again; how many answered changes there were. */
async function killAgain(lane: number): Promise<number> {
  const place = testFolder();
  places.push(place);
  let answered = 0;
  let next = start(writer, place.file, "0");
  for (let kill = 0; kill < KILLS; kill++) {
    const child = next;
    await child.line(0);
    child.tell("go");
    // The next one starts while this one writes; most of the time goes there.
    next = start(writer, place.file, String(kill + 1));
    await child.line(1);
    await sleep((kill * 7 + lane * 3) % 40);
    child.process.kill("SIGKILL");
    expect(await child.ended).toBe("SIGKILL");
    answered += await expectKept(place, child.lines().slice(1));
  }
  return answered;
}

/** Every answered change is there, or a later one that was on its way. */
async function expectKept(place: TestFolder, said: string[]): Promise<number> {
  JSON.parse(readFileSync(place.file, "utf8"));
  const store = await openFileStore(place.file, { flush: "1h" });
  expect(place.names()).toEqual(["sessions.json", "sessions.json.lock"]);
  const last = new Map(said.map((line) => [line.slice(2), Number(line[0])]));
  for (const [id, version] of last) {
    const found = (await store.get(id))?.version ?? 0;
    const allowed = version === 1 ? [1, 2] : version === 2 ? [2, 0] : [0];
    expect(allowed, `${id} was ${version} when the process was killed`).toContain(found);
    await store.delete(id); // So that the file stays small.
  }
  for (const { id } of (await store.scan("session:", null, 10_000)).records) await store.delete(id);
  await store.close();
  return said.length;
}
