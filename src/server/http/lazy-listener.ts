import type { RequestListener } from 'node:http'
import { contained } from '../../faults.ts'

/** A listener that is loaded for its first request; what comes meanwhile waits. A request that it cannot be loaded for is cut. */
export function loadAtFirstRequest(
  load: () => Promise<RequestListener>,
  onError: (thrown: unknown) => void,
): RequestListener {
  let loaded: RequestListener | undefined
  let loading: Promise<RequestListener> | undefined
  return (request, response) => {
    if (loaded) {
      loaded(request, response)
      return
    }
    loading ??= load()
    loading.then(
      contained('promise', response, (listener) => {
        loaded = listener
        listener(request, response)
      }),
      contained('promise', response, (thrown: unknown) => {
        loading = undefined
        onError(thrown)
        response.destroy()
      }),
    )
  }
}
