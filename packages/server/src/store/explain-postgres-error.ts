const advice: Record<string, string> = {
  ECONNREFUSED: 'Nothing answers at the address. Is the server running, and are host and port right?',
  ENOTFOUND: 'The host name is not known. Is it spelled right?',
  EAI_AGAIN: 'The host name could not be looked up. Is this machine online?',
  ETIMEDOUT: 'The server does not answer. Does a firewall allow this machine?',
  ECONNRESET:
    'The server closed the connection. Does it expect TLS (add ?sslmode=require), or is it restarting?',
  '28P01': 'User name or password is wrong.',
  '28000':
    'The server refuses this user. Does its pg_hba.conf, or TLS (?sslmode=require), allow the connection?',
  '3D000': 'The database does not exist. Create it, or name another one.',
  '42501':
    'The user may not create the schemas. Run: grant create on database … to …, or create the schemas meterboard and meterboard_jobs with that user as owner.',
  '53300': 'The server has no connection left. Lower maxConnections, or raise max_connections of the server.',
  '57P03': 'The server is starting up or shutting down. Try again.',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'The certificate of the server is not trusted. Pass a pool with ssl: { ca }.',
  SELF_SIGNED_CERT_IN_CHAIN: 'The certificate of the server is not trusted. Pass a pool with ssl: { ca }.',
};

/**
 * Why the database could not be opened, with what to do. Never holds the connection string: the cause is left out
 * where its words could carry one.
 */
export function explainPostgresError(error: unknown): Error {
  if (!(error instanceof Error)) return new Error('The database could not be opened.', { cause: error });
  const code = Reflect.get(error, 'code');
  const help = typeof code === 'string' ? advice[code] : undefined;
  if (help) return new Error(`The database could not be opened (${code}). ${help}`, { cause: error });
  if (/timeout exceeded when trying to connect/.test(error.message)) {
    return new Error(
      'The database could not be opened within 10 seconds. Does a firewall allow this machine, and has the server or the pool a connection left?',
      { cause: error },
    );
  }
  return error;
}
