import * as z from 'zod'

/** What the access log may tell of a client beside what it always tells. */
export const accessLogFields = ['client', 'path', 'host', 'scheme', 'protocol', 'userAgent'] as const
export type AccessLogField = (typeof accessLogFields)[number]

/** `accessLog:` */
export const accessLogShape = z
  .strictObject({
    fields: z
      .array(z.enum(accessLogFields))
      .default([])
      .describe(
        'What a line tells of its client: the address (`client`), the `path`, `host`, `scheme`, `protocol` and `userAgent`. What a color makes `pii` or `secret` is masked.',
      ),
  })
  .prefault({})
  .describe('What the log tells of each request beside route, status, duration and what failed.')
