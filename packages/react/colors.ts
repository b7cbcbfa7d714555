/**
 * The colours of the kit, each as it is in the light and in the dark scheme, or in both. `src/styles/colors.css` is written from
 * them by the build.
 */
const colors: Record<string, string | readonly [light: string, dark: string]> = {
  accent: ['oklch(0.53 0.2 268)', 'oklch(0.7 0.15 268)'],
  'accent-ink': ['#fff', 'oklch(0.2 0.05 268)'],
  bg: ['oklch(0.985 0.003 265)', 'oklch(0.17 0.012 265)'],
  surface: ['#fff', 'oklch(0.215 0.014 265)'],
  sunken: ['oklch(0.965 0.005 265)', 'oklch(0.26 0.015 265)'],
  line: ['oklch(0.915 0.006 265)', 'oklch(0.31 0.016 265)'],
  ink: ['oklch(0.24 0.02 265)', 'oklch(0.95 0.006 265)'],
  'ink-2': ['oklch(0.47 0.02 265)', 'oklch(0.74 0.015 265)'],
  ok: ['oklch(0.49 0.12 155)', 'oklch(0.76 0.14 155)'],
  warn: ['oklch(0.52 0.13 62)', 'oklch(0.82 0.13 80)'],
  'warn-bg': ['oklch(0.975 0.03 85)', 'oklch(0.28 0.045 75)'],
  danger: ['oklch(0.53 0.19 25)', 'oklch(0.74 0.15 25)'],
  'series-1': 'var(--mb-accent)',
  'series-2': ['oklch(0.6 0.13 190)', 'oklch(0.76 0.11 190)'],
  'series-3': ['oklch(0.63 0.17 45)', 'oklch(0.77 0.13 55)'],
  'series-4': ['oklch(0.55 0.17 330)', 'oklch(0.75 0.13 330)'],
  'series-5': ['oklch(0.58 0.13 135)', 'oklch(0.78 0.13 135)'],
  'series-6': ['oklch(0.55 0.09 240)', 'oklch(0.76 0.08 240)'],
};

function declare(write: (light: string, dark: string) => string): string {
  return Object.entries(colors)
    .map(([name, is]) => `    --mb-${name}: ${typeof is === 'string' ? is : write(...is)};\n`)
    .join('');
}

/** The style sheet that declares every colour as a token. */
export function writeColors(): string {
  return `/*
 * Written by the build from the list in colors.ts: change that one.
 *
 * The condition is not only for old browsers. Minifiers that are told to care for those replace light-dark() by
 * variables that are set only where the same sheet sets a color-scheme, and that a wrapper cannot change; behind the
 * condition they leave it alone.
 */
@supports (color: light-dark(#000, #fff)) {
  :where(:root, :host) {
${declare((light, dark) => `light-dark(${light}, ${dark})`)}  }
}
@supports not (color: light-dark(#000, #fff)) {
  :where(:root, :host, [data-mb-scheme="light"]) {
${declare((light) => light)}  }
  :where([data-mb-scheme="dark"]) {
${declare((_, dark) => dark)}  }
}
`;
}
