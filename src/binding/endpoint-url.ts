import * as z from 'zod'
import { maskUrl } from '../redaction.ts'

/** Where something runs: an origin of http or https, maybe with a path. */
export const endpointUrl = z.string().superRefine((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) {
    context.addIssue({ code: 'custom', message: `\`${maskUrl(text)}\` is not a URL of http or https` })
  } else if (url.username || url.password || url.search || url.hash) {
    context.addIssue({
      code: 'custom',
      message: 'an endpoint is an origin, maybe with a path: no credentials, query or fragment',
    })
  }
})
