// What all spellings of a name have in common that a directory may take for the same user.

/**
 * Directories ignore case, width and doubled blanks; in telephone numbers all blanks and hyphens (RFC
 * 4517, 4518); Active Directory also accents and the kind of kana, and it reads `æ` as `ae`. So
 * only letters and digits count here. Folding too much only makes two users share their pauses.
 *
 * @see MS-ADTS 6.5.1, MS-UCODEREF
 */
export function foldName(name: string): string {
  return name
    .normalize("NFKD")
    .replace(/[^\p{L}\p{N}]/gu, "")
    .toLowerCase() // ẞ becomes ß
    .toUpperCase() // and that SS
    .replace(/[\u30a1-\u30f6]/g, (kana) => String.fromCodePoint((kana.codePointAt(0) ?? 0) - 0x60))
    .replace(/[ÆŒØĐÐŁÞ]/g, (letter) => plainLetters[letter] ?? letter)
    .replace(/^0+(?=.)/, ""); // of numbers
}

const plainLetters: Readonly<Record<string, string>> = {
  Æ: "AE",
  Œ: "OE",
  Ø: "O",
  Đ: "D",
  Ð: "D",
  Ł: "L",
  Þ: "TH",
};
