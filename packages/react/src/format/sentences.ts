/** Sentences one after the other: leaves out what does not apply. */
export function joinWords(...sentences: (string | false | null | undefined)[]): string {
  return sentences.filter(Boolean).join(' ');
}
