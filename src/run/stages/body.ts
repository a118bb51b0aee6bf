import { defineStage } from '../stage.ts'

/** Reads the client's body, where the route reads it. How long that takes is the client's time, not the route's. */
export const body = defineStage({
  name: 'body',
  on: ['route'],
  open({ readsBody, maxRequestBytes }) {
    if (!readsBody) return undefined
    return (next) => (request, client) => {
      const beganAt = request.now()
      const receiving = client.receiveBody(maxRequestBytes)
      if (!receiving) return next(request, client)
      return receiving.then((received) => {
        request.parts.body = received
        request.extend(request.now() - beganAt)
        return next(request, client)
      })
    }
  },
})
