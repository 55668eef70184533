// Vitest's global set-up of the end-to-end projects: has every server in place, once, before the
// first test, so that no test waits for an installation.
import { ensureChromium } from "./services/chromium.ts";

export default async function prepareServices(): Promise<void> {
  for (const ensure of [ensureChromium]) {
    try {
      const service = await ensure();
      if ("missing" in service) console.error(`tests will be skipped: ${service.missing}`);
    } catch (error) {
      // In CI: the tests that ask for it fail by the same error.
      console.error(String(error));
    }
  }
}
