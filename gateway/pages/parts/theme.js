// Light or dark: as the system says, until somebody chooses; the choice is remembered.

const REMEMBERED = "herdsman.theme";
const ORDER = ["system", "light", "dark"];

export const theme = () => localStorage.getItem(REMEMBERED) ?? "system";

/** Put what is remembered into force. */
export function applyTheme() {
  const chosen = theme();
  if (chosen === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
}

/** To the next one; returns its name. */
export function nextTheme() {
  const chosen = ORDER[(ORDER.indexOf(theme()) + 1) % ORDER.length];
  localStorage.setItem(REMEMBERED, chosen);
  applyTheme();
  return chosen;
}
