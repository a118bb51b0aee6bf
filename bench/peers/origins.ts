/** Where the backends listen, by the same variables that the gateway's configuration reads. */
export const origins = {
  users: process.env['BENCH_USERS_URL'] ?? 'http://127.0.0.1:9701',
  content: process.env['BENCH_CONTENT_URL'] ?? 'http://127.0.0.1:9702',
  catalog: process.env['BENCH_CATALOG_URL'] ?? 'http://127.0.0.1:9706',
  reco: process.env['BENCH_RECO_URL'] ?? 'http://127.0.0.1:9703',
  pricing: process.env['BENCH_PRICING_URL'] ?? 'http://127.0.0.1:9704',
  brands: process.env['BENCH_BRANDS_URL'] ?? 'http://127.0.0.1:9705',
}

export const port = Number(process.env['PORT'] ?? 8080)

/** So that a profiler's file is written. */
process.once('SIGTERM', () => process.exit())
