// For bounds in real time on a machine that other work shares: it can only make things slower, so one
// of three measurements within the bound shows that the bound is kept. What is asserted inside the
// measurement holds in each of them.

/** @returns The smallest of at most three measurements; no more are taken once one is below the bound. */
export async function bestOfThree(bound: number, measure: () => Promise<number>): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let time = 1; time <= 3 && best >= bound; time++) best = Math.min(best, await measure());
  return best;
}
