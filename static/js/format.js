/* How numbers and times read; the same rounding as on the server. */
const frame = document.querySelector("[data-zone]");
const zone = frame ? frame.dataset.zone : "UTC";
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: zone });
const NB = "\u00a0";
const signed = (text) => text.replace("-", "\u2212");

export const UNKNOWN = "–";
export const time = (iso) => (iso ? clock.format(new Date(iso)) : UNKNOWN);
export const percent = (value) => (value == null ? UNKNOWN : signed((value * 100).toFixed(1)) + NB + "%");
export const pieces = (value) => (value == null ? UNKNOWN : signed(Math.round(value).toLocaleString("en-US")));
export function number(value) {
  if (value == null) return UNKNOWN;
  if (typeof value !== "number") return String(value);
  return signed(value.toLocaleString("en-US", { minimumFractionDigits: 1, maximumFractionDigits: 1 }));
}
export function duration(seconds) {
  if (seconds == null) return UNKNOWN;
  const whole = Math.max(Math.floor(seconds), 0);
  if (whole < 60) return whole + NB + "s";
  if (whole < 3600) return Math.floor(whole / 60) + NB + "min";
  if (whole < 172800) {
    return Math.floor(whole / 3600) + NB + "h" + NB + String(Math.floor((whole % 3600) / 60)).padStart(2, "0") + NB + "min";
  }
  return Math.floor(whole / 86400) + NB + "d";
}
