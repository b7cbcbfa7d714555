import type { GatewayCache } from '../gateways/cached.ts';
import type { ReadingFacts } from './reading.ts';

/** A finished answer of one customer, served as text for as long as what it is made of is fresh. */
export interface Answers {
  /** The text in UTF-8, with `servedAtMs` as of now; `null`: it has to be made. */
  find(customerId: string, question: string): Buffer<ArrayBuffer> | null;
  /** Begin before the answer is made: what is dropped meanwhile keeps it from being kept. */
  begin(customerId: string): AnswerDraft;
}

export interface AnswerDraft {
  keep(question: string, text: string, facts: ReadingFacts): void;
}

interface KeptAnswer {
  /** What stands between the times of serving. */
  parts: Buffer[];
  untilMs: number;
  bytes: number;
}

/** One that is made of older readings says so, and need not be made for each of many who ask at once. */
const leastMs = 2_000;

/** Longer questions and answers are made each time. */
const maxQuestionLength = 1_000;
const maxTextLength = 1_000_000;

/** In text the quotes of a value are escaped, so that only our own field is found. */
const served = /"servedAtMs":\d+/;

export function createAnswers(cache: GatewayCache, nowMs: () => number): Answers {
  return {
    find(customerId, question) {
      const drawer = cache.drawerOf(customerId);
      const kept = drawer.answers.get(question) as KeptAnswer | undefined;
      if (!kept) return null;
      const now = nowMs();
      if (now >= kept.untilMs) {
        drawer.answers.delete(question);
        return null;
      }
      cache.counts.answers += 1;
      const time = Buffer.from(`"servedAtMs":${now}`);
      return Buffer.concat(kept.parts.flatMap((part, index) => (index === 0 ? [part] : [time, part])));
    },
    begin(customerId) {
      const drawer = cache.drawerOf(customerId);
      const version = drawer.answersVersion;
      return {
        keep(question, text, { freshUntilMs }) {
          if (drawer.answersVersion !== version) return;
          if (question.length > maxQuestionLength || text.length > maxTextLength) return;
          const untilMs = Math.max(freshUntilMs, nowMs() + leastMs);
          const bytes = 2 * (question.length + text.length) + 300;
          drawer.answers.set(question, {
            parts: text.split(served).map((part) => Buffer.from(part)),
            untilMs,
            bytes,
          } as KeptAnswer);
          cache.weigh(customerId);
        },
      };
    },
  };
}
