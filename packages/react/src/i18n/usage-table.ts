/** Words of the table and of single figures, which come with the interactive chart. */
export const tableWords = {
  time: 'Time',
  quantity: 'Quantity',
  noData: 'no data',
  carried: 'unchanged',
};
