import type { Endpoint } from '../../endpoints/service-endpoints.ts'
import { toGatewayError } from '../../errors.ts'
import type { SendTo } from '../attempt.ts'
import type { CallRequest, CallResponse } from '../call.ts'
import { safeMethods } from '../methods.ts'
import type { StackParts } from '../parts.ts'
import type { CallSite } from '../policy.ts'
import { resolveLocation } from '../redirect.ts'
import { serviceOf, uriOf } from './request-key.ts'

type Headers = CallResponse['headers']

/**
 * Forgets what is kept of a URI when a request changed something there, and of those that the answer names in `Location`
 * and `Content-Location`, where they are of the same service (RFC 9111 section 4.4). An answer that is no error (2xx, 3xx)
 * says that it did, whether or not it could be used; any other failure forgets nothing. Who gets the answer finds the
 * store without them, and joins no call that began before.
 */
export function forgetWhatChanged(
  site: CallSite,
  { store, endpoints, changes, isKept }: Pick<StackParts, 'store' | 'endpoints' | 'changes' | 'isKept'>,
  send: SendTo,
): SendTo {
  const [method = ''] = site.template.split(' ', 1)
  if (site.safe ?? safeMethods.has(method)) return send

  const service = serviceOf(site)

  async function forget(request: CallRequest, endpoint: Endpoint, headers: Headers): Promise<void> {
    const { url, prefix } = endpoint
    const { origin } = new URL(url)
    const path = request.isRedirected ? request.path : prefix + request.path
    const named = [headers['location'], headers['content-location']].flatMap((location) => {
      const there = location === undefined ? undefined : resolveLocation(location, origin + path)
      const isOwn = there && (there.origin === origin || endpoints.all.some((each) => each.isAt(there.origin)))
      return isOwn ? [there.pathname + there.search] : []
    })
    const paths = [path, ...named].filter((each) => each.startsWith(`${prefix}/`))
    const uris = paths.map((each) => uriOf(site, each.slice(prefix.length)))
    for (const uri of uris) changes.tell(service, uri)
    if (isKept()) await Promise.all(uris.map((uri) => store.purge({ kind: 'uri', uri })))
  }

  return (request, call, endpoint) => {
    const answer = send(request, call, endpoint)
    // Where a redirect leads is only looked at.
    if (!(isKept() || changes.areHeard(service)) || safeMethods.has(request.method)) return answer
    return answer.then(
      async (response) => {
        if (isNoError(response.status)) await forget(request, endpoint, response.headers)
        return response
      },
      async (thrown: unknown) => {
        const { response } = toGatewayError(thrown)
        if (response && isNoError(response.status)) await forget(request, endpoint, response.headers ?? {})
        throw thrown
      },
    )
  }
}

function isNoError(status: number): boolean {
  return status >= 200 && status < 400
}
