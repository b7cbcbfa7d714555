import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { writeColors } from './colors.ts';

/** Writes the colours, joins the style sheets into one that stands alone, and into the same in a layer. */
const colors = new URL('src/styles/colors.css', import.meta.url);
if (readFileSync(colors, 'utf8') !== writeColors()) writeFileSync(colors, writeColors());

const read = (name) => readFileSync(new URL(`src/${name}`, import.meta.url), 'utf8');
const whole = read('styles.css').replace(/@import "(.+)";/g, (_, name) => read(name));
writeFileSync(new URL('dist/styles.css', import.meta.url), whole);
writeFileSync(new URL('dist/styles.layer.css', import.meta.url), `@layer meterboard {\n${whole}}\n`);
for (const name of ['styles.css.d.ts', 'styles.layer.css.d.ts']) {
  copyFileSync(new URL(`src/${name}`, import.meta.url), new URL(`dist/${name}`, import.meta.url));
}
