import type { Credentials } from '../endpoints/credentials/credentials.ts'
import { GatewayError, toGatewayError } from '../errors.ts'
import type { SendTo, SendWith } from './attempt.ts'

/**
 * Shows the service what the gateway has of its own. It stands inside of all that keeps or shares requests and answers, so
 * that none of that sees it; and what is refused (401) is asked for once more, and sent once more.
 */
export function authorize(credentials: Credentials, step: string, send: SendWith): SendTo {
  return (request, call, endpoint) => {
    const again = (authorization: string) => (thrown: unknown) => {
      const isRefused = toGatewayError(thrown).response?.status === 401
      if (!isRefused || call.scope.reason || !credentials.refuse(authorization)) throw thrown
      return obtain().then((fresh) => send(request, call, endpoint, fresh))
    }
    const begin = (authorization: string) => send(request, call, endpoint, authorization).catch(again(authorization))
    const obtain = () => credentials.get(call.scope).catch(named)
    try {
      const authorization = credentials.now()
      return authorization === undefined ? obtain().then(begin) : begin(authorization)
    } catch (thrown) {
      return Promise.reject<never>(thrown).catch(named)
    }
  }

  function named(thrown: unknown): never {
    const error = toGatewayError(thrown)
    if (error instanceof GatewayError && error.code === 'credentials-unavailable') error.step ??= step
    throw error
  }
}
