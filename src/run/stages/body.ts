import { formatsOf } from '../../formats/index.ts'
import { OpaqueBytes } from '../../formats/opaque-bytes.ts'
import { decodeReceived, formatOfRequest } from '../request-body.ts'
import { defineStage } from '../stage.ts'

/** Reads the client's body, where the route reads it. How long that takes is the client's time, not the route's. */
export const body = defineStage({
  name: 'body',
  on: ['route'],
  open({ readsBody, readsRaw, maxRequestBytes, accepts }) {
    if (!readsBody && !readsRaw) return undefined
    const formats = formatsOf(accepts)
    return (next) => (request, client) => {
      if (!client.hasBody) return next(request, client)
      const { parts } = request
      const contentType = parts.headers['content-type']
      // What is only sent on may be anything.
      const format = readsBody ? formatOfRequest(parts.headers, formats, client) : undefined
      const beganAt = request.now()
      return client.receiveBody(maxRequestBytes).then((received) => {
        if (readsRaw && 'bytes' in received)
          parts.raw = new OpaqueBytes(received.bytes, contentType ?? 'application/octet-stream')
        const goOn = (value: unknown) => {
          if (format) {
            parts.body = value
            parts.bodyHoldsTexts = format.givesTexts
          }
          request.extend(request.now() - beganAt)
          return next(request, client)
        }
        const value = format && decodeReceived(received, format, contentType)
        return value instanceof Promise ? value.then(goOn) : goOn(value)
      })
    }
  },
})
