import type { Transform } from 'node:stream'
import { constants, createBrotliCompress, createGzip, createZstdCompress } from 'node:zlib'
import type { Coding } from './compress-shape.ts'

/** Codes a body as it comes; what it was given can be had out of it before the end. */
export interface Encoder extends Transform {
  flush(): void
}

const open: Readonly<Record<Coding, () => Encoder>> = {
  br: () =>
    createBrotliCompress({
      flush: constants.BROTLI_OPERATION_PROCESS,
      params: { [constants.BROTLI_PARAM_QUALITY]: 4 },
    }),
  zstd: () => createZstdCompress(),
  gzip: () => createGzip({ level: 6 }),
}

/** At the levels of `compressor.ts`; the work is done on Node's other threads. */
export function openEncoder(coding: Coding): Encoder {
  return open[coding]()
}
