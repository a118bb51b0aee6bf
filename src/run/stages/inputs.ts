import { defineStage } from '../stage.ts'

/** Reads the inputs of a request into its context. Whatever is wrong with them is answered 400, all at once. */
export const inputs = defineStage({
  name: 'inputs',
  on: ['route', 'proxy'],
  open(route) {
    const { createDocument } = route.kind === 'aggregate' ? route : route.passes
    if (!createDocument) return undefined
    return (next) => (request, client) => {
      request.document = createDocument(request.parts, request.work)
      return next(request, client)
    }
  },
})
