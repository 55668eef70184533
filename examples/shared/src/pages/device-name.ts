// What a User-Agent says about the device, in three words. It claims no more than the header does: a
// browser that calls itself Chrome is shown as Chrome.

type Known = [pattern: RegExp, name: string];

// The first that fits counts: nearly all of them also call themselves Chrome or Safari.
const browsers: Known[] = [
  [/\bEdg(?:e|A|iOS)?\//, "Edge"],
  [/\b(?:OPR|OPT|OPiOS|Opera)\//, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\bVivaldi\//, "Vivaldi"],
  [/\b(?:Firefox|FxiOS)\//, "Firefox"],
  [/\bHeadlessChrome\//, "Headless Chrome"],
  [/\bChromium\//, "Chromium"],
  [/\b(?:Chrome|CriOS)\//, "Chrome"],
  [/\bVersion\/[\d.]+ (?:Mobile\/\w+ )?Safari\//, "Safari"],
];

const systems: Known[] = [
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b|\bMacintosh\b/, "macOS"],
  [/\bLinux\b/, "Linux"],
  [/\b(?:Free|Open|Net)BSD\b/, "BSD"],
];

const programs: Known[] = [
  [/^curl\//, "curl"],
  [/^Wget\//, "Wget"],
  [/^HTTPie\//, "HTTPie"],
  [/^PostmanRuntime\//, "Postman"],
  [/^(?:node|undici)\b/, "Node.js"],
];

/** E.g. `Firefox on Windows`; `Unknown device` when the header is absent or unfamiliar. */
export function deviceName(userAgent: string): string {
  const program = find(programs, userAgent);
  if (program !== null) return program;
  const browser = find(browsers, userAgent);
  const system = find(systems, userAgent);
  if (system === null) return browser ?? "Unknown device";
  return `${browser ?? "Unknown browser"} on ${system}`;
}

function find(known: Known[], userAgent: string): string | null {
  return known.find(([pattern]) => pattern.test(userAgent))?.[1] ?? null;
}
