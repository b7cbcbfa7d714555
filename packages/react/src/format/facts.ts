/** What there is to say, in one line: leaves out what does not apply. */
export function joinFacts(...facts: (string | false | null | undefined)[]): string {
  return facts.filter(Boolean).join(' · ');
}
