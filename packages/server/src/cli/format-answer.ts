/** Any answer of an operation for people: one line per field, and a table per list. */
export function formatAnswer(answer: unknown): string {
  if (Array.isArray(answer)) return formatList(answer);
  if (!isRecord(answer)) return answer === null || answer === undefined ? 'Done.' : formatValue('', answer);
  const entries = Object.entries(answer);
  const plain = entries.filter(([, value]) => !isNested(value));
  const width = Math.max(0, ...plain.map(([name]) => titleOf(name).length));
  const lines = plain.map(([name, value]) => `${titleOf(name).padEnd(width)}   ${formatValue(name, value)}`);
  const nested = entries.filter(([, value]) => isNested(value));
  const parts = nested.map(([name, value]) => `${titleOf(name)}:\n${indent(formatAnswer(value))}`);
  return [...(lines.length > 0 ? [lines.join('\n')] : []), ...parts].join('\n\n') || 'Nothing.';
}

/** The events that wait for the operator, and what to do about them. */
export function formatParked(answer: unknown): string {
  const table = formatAnswer(answer);
  if (!Array.isArray(answer) || answer.length === 0) return table;
  return `${table}\n\nmeterboard webhooks replay --since 30d … handles them once more.`;
}

/** The plan of a setup, what came of it, and the secrets that are told only now. */
export function formatSetup(answer: unknown): string {
  if (!isRecord(answer) || !Array.isArray(answer.steps)) return formatAnswer(answer);
  const steps = answer.steps.filter(isRecord);
  const lines = steps.map(({ kind, outcome, words }) => `${markOf(kind, outcome)}  ${clean(String(words))}`);
  const isWaiting = steps.some(({ outcome }) => outcome === 'planned');
  const secrets = Array.isArray(answer.secrets) ? answer.secrets.filter(isRecord) : [];
  return [
    ...(typeof answer.livemode === 'boolean' ? [`Stripe: ${answer.livemode ? 'live' : 'test'} mode`] : []),
    lines.join('\n'),
    ...(secrets.length > 0 ? [formatSecrets(secrets)] : []),
    ...(isWaiting ? ['Nothing of what is planned was written. Run it again with --yes to do so.'] : []),
  ].join('\n\n');
}

const variables: Record<string, string> = {
  snapshot: 'STRIPE_WEBHOOK_SECRET',
  thin: 'STRIPE_THIN_WEBHOOK_SECRET',
};

function formatSecrets(secrets: readonly Record<string, unknown>[]): string {
  return [
    'Stripe tells these signing secrets only now. Keep them as you keep the API key:',
    '',
    ...secrets.map(({ payload, secret }) => `  ${variables[String(payload)]}=${clean(String(secret))}`),
    '',
    'and pass them: webhooks: { secrets: [process.env.STRIPE_WEBHOOK_SECRET, process.env.STRIPE_THIN_WEBHOOK_SECRET] }',
  ].join('\n');
}

function markOf(kind: unknown, outcome: unknown): string {
  if (outcome === 'applied') return '[done]   ';
  if (outcome === 'failed') return '[failed] ';
  if (outcome === 'planned') return '[to do]  ';
  return kind === 'problem' ? '[problem]' : '[ok]     ';
}

function formatList(list: readonly unknown[]): string {
  if (list.length === 0) return 'Nothing.';
  if (!list.every(isRecord)) return list.map((value) => formatValue('', value)).join('\n');
  const names = [...new Set(list.flatMap((row) => Object.keys(row)))];
  const rows = [names.map(titleOf), ...list.map((row) => names.map((name) => formatValue(name, row[name])))];
  const widths = names.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('   ')
        .trimEnd(),
    )
    .join('\n');
}

/** Instants as ISO 8601, amounts as minor units with their currency. */
function formatValue(name: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return '-';
  if (typeof value === 'number' && name.endsWith('Ms')) return formatInstant(value);
  if (isMoney(value)) return `${value.amountMinor} ${clean(String(value.currency))} (minor units)`;
  return clean(typeof value === 'object' ? JSON.stringify(value) : String(value));
}

function formatInstant(instantMs: number): string {
  const instant = new Date(instantMs);
  return Number.isNaN(instant.getTime()) ? String(instantMs) : instant.toISOString();
}

function titleOf(name: string): string {
  return name.replace(/Ms$/, '');
}

function isMoney(value: unknown): value is { amountMinor: number; currency: unknown } {
  return isRecord(value) && typeof value.amountMinor === 'number' && 'currency' in value;
}

function isNested(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(isRecord);
  return isRecord(value) && !isMoney(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ');
}

/** What came from outside must not command the terminal. */
function clean(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, ' ');
}
