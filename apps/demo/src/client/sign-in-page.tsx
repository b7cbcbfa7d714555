import { Mark } from './app.tsx';
import type { Person } from './session.ts';

export function SignInPage({ people }: { people: Person[] }) {
  return (
    <main className="sign-in">
      <p className="brand">
        <Mark /> Northwind AI
      </p>
      <h1 className="page-title">Sign in</h1>
      <p className="quiet">Two example customers. Each sees only their own usage, credits and invoices.</p>
      <form method="post" action="/sign-in">
        <input type="hidden" name="next" value={location.pathname + location.search} />
        {people.map(({ name, email }, index) => (
          <button className="plain-button" key={name} type="submit" name="person" value={index}>
            <strong>{name}</strong>
            <span className="quiet">{email}</span>
          </button>
        ))}
      </form>
    </main>
  );
}
