import { fileURLToPath } from 'node:url'

/** A server that answers the page. */
export interface Variant {
  readonly name: string
  readonly title: string
  /** Node's arguments. */
  readonly args: (port: number) => readonly string[]
}

const place = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))

export const subject = 'tessera'

/** In production form: `serve` with its default flags, so with an access log, metrics and tracing at 1 %. */
export const variants: readonly Variant[] = [
  {
    name: subject,
    title: 'Tessera',
    args: (port) => [
      place('src/main.ts'),
      ...['serve', '--config', place('bench/scenarios/home/gateway.yaml')],
      ...['--port', String(port), '--admin-port', '0'],
    ],
  },
  { name: 'fastify-undici', title: 'Fastify + undici', args: () => [place('bench/peers/fastify-undici.ts')] },
  { name: 'express-fetch', title: 'Express + fetch', args: () => [place('bench/peers/express-fetch.ts')] },
]
