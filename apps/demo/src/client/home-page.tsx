import { CreditBalance, UsageMeter } from '@meterboard/react';

/** What any page of the product can show without being the billing page. */
export function HomePage() {
  return (
    <div className="home">
      <section className="panel">
        <h2>Ask a model</h2>
        <p className="quiet">Every request is one API request; its tokens are metered.</p>
        <pre>
          <code>{`curl \\
  -H "Authorization: Bearer $KEY" \\
  -d '{"question": "What shipped?"}' \\
  https://api.northwind.example/v1/ask`}</code>
        </pre>
      </section>
      <UsageMeter meter="api_requests" />
      <CreditBalance />
    </div>
  );
}
