import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { english } from './messages.ts';

describe('english', () => {
  it('holds the words of every feature, and no word of two', async () => {
    const files = readdirSync(import.meta.dirname).filter(
      (name) => !name.startsWith('messages') && name.endsWith('.ts'),
    );
    const features: object[] = [];
    for (const name of files) {
      const module: Record<string, object> = await import(join(import.meta.dirname, name));
      features.push(...Object.values(module));
    }
    const names = features.flatMap((words) => Object.keys(words));
    expect(names.length).toBeGreaterThan(100);
    expect(new Set(names).size).toBe(names.length);
    expect(Object.keys(english).sort()).toEqual(names.sort());
  });
});
