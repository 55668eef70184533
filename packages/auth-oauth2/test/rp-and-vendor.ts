// For the tests of one file: an application, and a provider that knows user 7 and answers the same to each.
import { afterAll, beforeEach } from "vitest";
import { type Rp, startRp } from "./rp-server.ts";
import { isAuthorized, startVendor, type Vendor } from "./vendor-server.ts";

export async function rpAndVendor(): Promise<{ rp: Rp; vendor: Vendor }> {
  const [rp, vendor] = [await startRp(), await startVendor()];
  afterAll(async () => {
    await vendor.stop();
    await rp.stop();
  });
  beforeEach(() => {
    rp.faults.length = 0;
    vendor.requests.length = 0;
    vendor.answers.clear();
    vendor.answers.set("/user", (request) => (isAuthorized(vendor, request) ? { id: 7 } : 401));
    vendor.tokens = {};
    vendor.gzip = false;
  });
  return { rp, vendor };
}
