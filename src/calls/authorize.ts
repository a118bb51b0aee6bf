import type { Credentials } from '../endpoints/credentials/credentials.ts'
import { GatewayError, toGatewayError } from '../errors.ts'
import type { SendTo, SendWith } from './attempt.ts'

/**
 * Shows the service what the gateway has of its own. It stands inside of all that keeps or shares requests and answers, so
 * that none of that sees it; and what is refused (401, be it an answer like any other to the operation: `ok: [401]`) is
 * asked for once more, and sent once more.
 */
export function authorize(credentials: Credentials, step: string, send: SendWith): SendTo {
  return (request, call, endpoint) => {
    const isRefused = (status: number | undefined, authorization: string) =>
      status === 401 && !call.scope.reason && credentials.refuse(authorization)
    const again = () => obtain().then((fresh) => send(request, call, endpoint, fresh))
    const begin = (authorization: string) =>
      send(request, call, endpoint, authorization).then(
        (answer) => (isRefused(answer.status, authorization) ? again() : answer),
        (thrown: unknown) => {
          if (!isRefused(toGatewayError(thrown).response?.status, authorization)) throw thrown
          return again()
        },
      )
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
