import { type Format, Unwritable } from './format.ts'
import { OpaqueBytes } from './opaque-bytes.ts'

const anyType = 'application/octet-stream'

/** What is passed on and not looked into. */
export const bytes: Format = {
  name: 'bytes',
  summary: 'any bytes, opaque: a part of a `multipart`',
  mediaTypes: ['*/*'],
  matches: () => true,
  givesTexts: false,
  encode(value) {
    if (!(value instanceof OpaqueBytes)) throw new Unwritable('the body is no bytes')
    return { bytes: OpaqueBytes.bytesOf(value), contentType: value.type }
  },
  decode: ({ bytes, contentType }) => new OpaqueBytes(bytes, contentType ?? anyType),
}
