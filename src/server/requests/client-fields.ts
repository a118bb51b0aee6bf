import type { IncomingMessage } from 'node:http'
import type { AccessLogField } from '../../config/access-log.ts'
import type { Route } from '../../plan/snapshot.ts'
import { mask } from '../../redaction.ts'
import type { ClientAddresses } from '../http/client-address.ts'
import { schemeOf } from '../http/connection.ts'

/** What is told of a client comes from one. */
export interface DescribedClient {
  readonly request: Pick<IncomingMessage, 'socket' | 'headers'> & { readonly httpVersion?: string }
  readonly route?: Route | undefined
  readonly toldPath?: string
}

/** A client makes it as long as it likes. */
const longest = 256

/** Compiles `accessLog.fields`: gives members of a line of JSON, a comma before each. */
export function compileClientFields(
  fields: readonly AccessLogField[],
  addresses: ClientAddresses,
): (exchange: DescribedClient) => string {
  if (fields.length === 0) return () => ''
  const readers: Readonly<Record<AccessLogField, (exchange: DescribedClient) => string | undefined>> = {
    client: ({ request }) => addresses.of(request),
    path: ({ toldPath }) => toldPath,
    host: (exchange) => headerOf(exchange, 'host'),
    scheme: ({ request }) => schemeOf(request),
    protocol: ({ request: { httpVersion } }) => (httpVersion === undefined ? undefined : `HTTP/${httpVersion}`),
    userAgent: (exchange) => headerOf(exchange, 'user-agent'),
  }
  const wanted = [...new Set(fields)].map((name) => ({ start: `,"${name}":`, read: readers[name] }))
  return (exchange) => {
    let members = ''
    for (const { start, read } of wanted) {
      const value = read(exchange)
      if (value !== undefined) members += start + JSON.stringify(value.slice(0, longest))
    }
    return members
  }
}

function headerOf({ request, route }: DescribedClient, name: 'host' | 'user-agent'): string | undefined {
  const value = request.headers[name]
  return value === undefined ? undefined : String(mask(value, route?.told.maskedHeaders.get(name) ?? 'public'))
}
