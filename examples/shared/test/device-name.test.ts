import { expect, test } from "vitest";
import { deviceName } from "../src/pages/device-name.ts";

const webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
const windows = `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit}`;
const linux = `Mozilla/5.0 (X11; Linux x86_64) ${webkit}`;
const android = `Mozilla/5.0 (Linux; Android 10; K) ${webkit}`;
const mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)";
const iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X)";
const safariKit = "AppleWebKit/605.1.15 (KHTML, like Gecko)";

test.each([
  ["Chrome on Windows", `${windows} Chrome/138.0.0.0 Safari/537.36`],
  ["Chrome on Linux", `${linux} Chrome/138.0.0.0 Safari/537.36`],
  ["Chromium on Linux", `${linux} Ubuntu Chromium/80.0.3987.87 Chrome/80.0.3987.87 Safari/537.36`],
  ["Headless Chrome on Linux", `${linux} HeadlessChrome/138.0.0.0 Safari/537.36`],
  ["Chrome on Android", `${android} Chrome/138.0.0.0 Mobile Safari/537.36`],
  ["Chrome on iPhone", `${iphone} ${safariKit} CriOS/138.0.7204.53 Mobile/15E148 Safari/604.1`],
  [
    "Chrome on ChromeOS",
    `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${webkit} Chrome/138.0.0.0 Safari/537.36`,
  ],
  ["Edge on Windows", `${windows} Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0`],
  ["Edge on Android", `${android} Chrome/138.0.0.0 Mobile Safari/537.36 EdgA/138.0.0.0`],
  ["Opera on Linux", `${linux} Chrome/137.0.0.0 Safari/537.36 OPR/121.0.0.0`],
  ["Vivaldi on Windows", `${windows} Chrome/138.0.0.0 Safari/537.36 Vivaldi/7.5`],
  [
    "Samsung Internet on Android",
    `${android} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36`,
  ],
  ["Safari on macOS", `${mac} ${safariKit} Version/18.5 Safari/605.1.15`],
  ["Safari on iPhone", `${iphone} ${safariKit} Version/18.5 Mobile/15E148 Safari/604.1`],
  [
    "Safari on iPad",
    `Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) ${safariKit} Version/16.6 Mobile/15E148 Safari/604.1`,
  ],
  [
    "Firefox on Windows",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
  ],
  ["Firefox on Android", "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"],
  ["Firefox on iPhone", `${iphone} ${safariKit} FxiOS/140.0 Mobile/15E148 Safari/605.1.15`],
  ["Firefox on BSD", "Mozilla/5.0 (X11; FreeBSD amd64; rv:140.0) Gecko/20100101 Firefox/140.0"],
  // An app's built-in browser, which says nothing about itself.
  ["Unknown browser on iPhone", `${iphone} ${safariKit} Mobile/15E148`],
  ["curl", "curl/8.14.1"],
  ["Wget", "Wget/1.25.0"],
  ["Postman", "PostmanRuntime/7.44.1"],
  ["Node.js", "node"],
  ["Unknown device", ""],
  ["Unknown device", "Mozilla/5.0"],
  ["Unknown device", "<b>Chrome</b>"],
  ["Unknown device", "x".repeat(200)],
])("%s", (name, userAgent) => {
  expect(deviceName(userAgent)).toBe(name);
});
