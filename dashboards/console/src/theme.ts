const THEMES = ["light", "dark", "noc"];

/** `?theme=light|dark|noc` decides; else the system's wish does, by media query alone. */
export function applyTheme(): void {
  const wanted = new URL(location.href).searchParams.get("theme");
  if (wanted !== null && THEMES.includes(wanted)) document.documentElement.dataset.theme = wanted;
}
