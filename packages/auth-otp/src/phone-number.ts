// Phone numbers in the one spelling of E.164.

/**
 * @param country Put before numbers that don't name one, e.g. `+91`; their leading zeros go.
 * @returns E.g. `+919741552552`; `null` when it is no number, or names no country and there is no default.
 */
export function phoneNumber(typed: string, country: string | null): string | null {
  const digits = typed.trim().replaceAll(/[\s().\-/]/g, "");
  if (!/^\+?\d{4,20}$/.test(digits)) return null;
  const number = withCountry(digits, country);
  return number !== null && /^\+[1-9]\d{6,14}$/.test(number) ? number : null;
}

function withCountry(digits: string, country: string | null): string | null {
  if (digits.startsWith("+")) return digits;
  // ITU-T E.123: 00 is how most countries dial another one.
  if (digits.startsWith("00")) return `+${digits.slice(2)}`;
  return country === null ? null : country + digits.replace(/^0+/, "");
}
