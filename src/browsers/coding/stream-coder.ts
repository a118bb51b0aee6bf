import type { Transform } from 'node:stream'
import { constants, createBrotliCompress, createGzip, createZstdCompress } from 'node:zlib'
import type { Coding } from './compress-shape.ts'

/** Many streams are open at once and each keeps its window: smaller ones than for bodies that are whole. */
const windowBits = 16

/** Each gives out what it has been given as soon as it is coded: who reads waits for no other piece. */
const coders: Readonly<Record<Coding, () => Transform>> = {
  br: () =>
    createBrotliCompress({
      flush: constants.BROTLI_OPERATION_FLUSH,
      params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_LGWIN]: windowBits },
    }),
  zstd: () =>
    createZstdCompress({
      flush: constants.ZSTD_e_flush,
      params: { [constants.ZSTD_c_windowLog]: windowBits },
    }),
  gzip: () => createGzip({ flush: constants.Z_SYNC_FLUSH, level: 6, memLevel: 7 }),
}

/** Codes what is written to it, piece by piece. */
export function openCoder(coding: Coding): Transform {
  return coders[coding]()
}
