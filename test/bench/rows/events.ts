import { startChild } from '../child.ts';
import { postsPerSecond } from '../load.ts';
import { median, type Row } from '../row.ts';

const ROUNDS = 15;
const COUNT = 6_000;

export const events: Row = {
  id: 'P-events',
  what: 'meter events accepted over HTTP, against a bare node:http echo',
  target: '≥ 0.30',
  async measure(mode) {
    const echo = await startChild(['test/bench/servers/echo.ts']);
    const simulator = await startChild(['test/bench/servers/simulator.ts', mode]);
    try {
      const [port = '', customers = ''] = simulator.line.split(' ');
      const ids = customers.split(',');
      const count = COUNT;
      const body = (index: number): string =>
        `event_name=units&payload[stripe_customer_id]=${ids[index % ids.length]}&payload[value]=${1 + (index % 500)}&identifier=e-${Math.random()}`;
      await postsPerSecond(Number(echo.line), count * 2, body);
      await postsPerSecond(Number(port), count * 2, body);
      const rounds: { bare: number; accepted: number }[] = [];
      for (let round = 0; round < (mode === 'broken' ? 3 : ROUNDS); round += 1) {
        const bare = await postsPerSecond(Number(echo.line), count, body);
        const accepted = await postsPerSecond(Number(port), count, body);
        rounds.push({ bare, accepted });
      }
      const rate = median(rounds.map(({ accepted }) => accepted));
      return {
        samples: rounds.map(({ bare, accepted }) => accepted / bare),
        meets: (figure) => figure >= 0.3,
        format: (figure) => figure.toFixed(2),
        detail: `${Math.round(rate).toLocaleString('en')} events/s`,
      };
    } finally {
      await echo.stop();
      await simulator.stop();
    }
  },
};
