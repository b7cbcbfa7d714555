import { describe, expect, it } from 'vitest';
import { commands } from './commands.ts';
import { describeUsage, readArguments } from './read-arguments.ts';

const nowMs = Date.parse('2026-11-26T09:30:00Z');
const read = (line: string) => readArguments(line === '' ? [] : line.split(' '), nowMs);
const app = '--app billing.ts';

describe('a command line', () => {
  it.each([
    [`webhooks replay --since 7d ${app}`, { sinceMs: nowMs - 7 * 86_400_000, includeDone: false }],
    [
      `webhooks replay ${app} --since 2026-11-25 --include-done`,
      { sinceMs: Date.parse('2026-11-25'), includeDone: true },
    ],
    [
      `webhooks replay ${app} --since=2026-11-25T10:00:00+02:00 --types a.b,c`,
      { sinceMs: Date.parse('2026-11-25T08:00:00Z'), types: ['a.b', 'c'], includeDone: false },
    ],
    [
      `webhooks replay ${app} --since 2026-11-25T10:00`,
      { sinceMs: Date.parse('2026-11-25T10:00Z'), includeDone: false },
    ],
    [`webhooks parked ${app}`, {}],
    [`topups inspect tu_1 ${app}`, { topUpId: 'tu_1' }],
    [`topups retry ${app} tu_1`, { topUpId: 'tu_1' }],
    [`topups stuck ${app}`, {}],
    [`sweep ${app}`, {}],
    [`setup --url https://a.example ${app}`, { url: 'https://a.example', apply: false }],
    [`setup --url https://a.example --yes ${app}`, { url: 'https://a.example', apply: true }],
  ])('%s', (line, input) => {
    expect(read(line)).toMatchObject({ kind: 'run', app: 'billing.ts', json: false, envFile: null, input });
  });

  it.each([
    ['nonsense', /no command "nonsense"/],
    ['webhooks', /no command "webhooks"/],
    ['webhooks delete --app a', /no command "webhooks delete"/],
    ['sweep', /--app <file> is missing/],
    [`sweep ${app} --hard`, /--hard/],
    [`sweep now ${app}`, /takes nothing beside its options, not "now"/],
    [`topups inspect ${app}`, /takes <id>/],
    [`webhooks replay ${app}`, /needs --since/],
    [`webhooks replay --since yesterday ${app}`, /--since takes a time ago/],
    [`webhooks replay --since 2026-13-40 ${app}`, /--since takes a time ago/],
    [`webhooks replay --since 7d --types a,;drop ${app}`, /--types takes event types/],
    [`setup --yes ${app}`, /needs --url/],
    [`setup --url ${app}`, /--url/],
    [`setup --url app.example ${app}`, /--url takes a whole address/],
  ])('%s is not understood, in words', (line, words) => {
    expect(() => read(line)).toThrow(words);
  });

  it('asks for help in general and in particular', () => {
    expect([read(''), read('--help'), read('nonsense -h')]).toEqual(
      Array(3).fill({ kind: 'help', command: null }),
    );
    expect(read('webhooks replay --help')).toMatchObject({
      kind: 'help',
      command: { name: 'webhooks replay' },
    });
  });

  it('gets help that names every command and every option', () => {
    for (const command of commands) {
      expect(describeUsage(null)).toContain(`  ${command.name} `);
      for (const { name } of command.options) expect(describeUsage(command)).toContain(`--${name}`);
    }
  });
});
