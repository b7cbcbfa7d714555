/** Words of lists that come in pages. */
export const pageWords = {
  older: 'Older',
  newer: 'Newer',
};
