import {
  createMeterboardClient,
  MeterboardProvider,
  TopUpHistory,
  UsageDashboard,
  UsageExplorer,
} from '@meterboard/react';
import '@meterboard/react/styles.css';
import { HomePage } from './home-page.tsx';
import { type Session, useSession } from './session.ts';
import { SignInPage } from './sign-in-page.tsx';

const client = createMeterboardClient({ url: '/api/meterboard' });

const pages = [
  { path: '/home', title: 'Home', Page: HomePage },
  { path: '/billing', title: 'Usage and billing', Page: BillingPage },
  { path: '/usage', title: 'Usage explorer', Page: UsagePage },
];

export function App() {
  const session = useSession();
  if (!session) return null;
  const current = pages.find(({ path }) => location.pathname === path);
  // The billing page stays reachable without a session, to show what the kit does then.
  const isOpen = session.signedIn !== null || current?.path === '/billing';
  if (!current || !isOpen) return <SignInPage people={session.people} />;
  return (
    <Shell session={session} path={current.path}>
      <h1 className="page-title">{session.signedIn?.name ?? current.title}</h1>
      <MeterboardProvider client={client} timeZone="UTC" locale="en-US" exportUrl="/api/meterboard/export">
        <current.Page />
      </MeterboardProvider>
    </Shell>
  );
}

function UsagePage() {
  return <UsageExplorer url />;
}

function BillingPage() {
  return (
    <>
      <UsageDashboard />
      <TopUpHistory />
    </>
  );
}

function Shell({ session, path, children }: { session: Session; path: string; children: React.ReactNode }) {
  return (
    <div className="shell">
      <header className="top">
        <a className="brand" href="/home">
          <Mark /> Northwind AI
        </a>
        <nav aria-label="Main">
          {pages.map((page) => (
            <a key={page.path} href={page.path} aria-current={page.path === path ? 'page' : undefined}>
              {page.title}
            </a>
          ))}
        </nav>
        {session.signedIn ? (
          <form className="account" method="post" action="/sign-out">
            <span>{session.signedIn.email}</span>
            <button className="plain-button" type="submit">
              Sign out
            </button>
          </form>
        ) : (
          <a href="/">Sign in</a>
        )}
      </header>
      <main>{children}</main>
      <footer className="fine-print">
        {session.simulated
          ? 'Demo. Stripe is simulated on this machine; usage replays 20,000 US flights of 2001 as if they were API calls.'
          : 'Demo on a Stripe test account.'}
      </footer>
    </div>
  );
}

export function Mark() {
  return (
    <svg width="22" height="22" viewBox="0 0 22 22" aria-hidden="true">
      <path d="M4 18V4l14 14V4" fill="none" stroke="currentColor" strokeWidth="3" strokeLinejoin="round" />
    </svg>
  );
}
