// What every default page needs beside its own data: the application's name, the language and the texts.

import { englishTexts, type PageTexts } from "./texts.ts";

export interface PageOptions {
  /** Name of the application, shown above every page and in its title. Default: none. */
  appName?: string;
  /** BCP 47 tag of the language of `texts` and of what login methods say. Default `en`. */
  lang?: string;
  /** Fixed texts to say differently, e.g. in another language. Default: English. */
  texts?: Partial<PageTexts>;
}

export interface PageContext {
  appName: string | null;
  lang: string;
  dir: "ltr" | "rtl";
  texts: PageTexts;
}

export function pageContext(options: PageOptions): PageContext {
  const { appName, lang = "en", texts } = options;
  return {
    appName: appName || null,
    lang,
    dir: direction(lang),
    texts: { ...englishTexts, ...texts },
  };
}

const rightToLeftScripts: ReadonlySet<string | undefined> = new Set([
  "Adlm",
  "Arab",
  "Hebr",
  "Nkoo",
  "Rohg",
  "Syrc",
  "Thaa",
]);

/** From the script that the language is usually written in; `az-Arab` and `fa` are right to left. */
function direction(lang: string): "ltr" | "rtl" {
  try {
    return rightToLeftScripts.has(new Intl.Locale(lang).maximize().script) ? "rtl" : "ltr";
  } catch (cause) {
    throw new TypeError(`defaultPages: lang must be a BCP 47 language tag, got "${lang}"`, {
      cause,
    });
  }
}
