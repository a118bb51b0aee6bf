import { createHash, createHmac } from 'node:crypto'
import { parseJson, printJson } from '../../../json-text.ts'
import { nextUuid, spend, spendOnBytes, spendOnPrinting } from '../../work.ts'
import { toJson } from '../json-value.ts'
import { fail } from '../scope.ts'
import { dyn } from '../types.ts'
import { anything, global, type Library, maxTextLength, string, text } from './define.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function decodeBase64(value: string): string {
  const body = value.replace(/={1,2}$/, '')
  const isWhole = /^[A-Za-z0-9+/]*$/.test(body) && body.length % 4 !== 1
  if (!isWhole || (body.length !== value.length && value.length % 4 !== 0)) return fail('the text is not base64')
  try {
    return utf8.decode(Buffer.from(body, 'base64'))
  } catch {
    return fail('what the base64 holds is not text')
  }
}

function encodeJson(value: unknown): string {
  const data = toJson(value)
  spendOnPrinting(data)
  const printed = printJson(data)
  return printed.length > maxTextLength ? fail('text grew too long') : printed
}

function decodeJson(value: string): unknown {
  spendOnBytes(value.length)
  try {
    return parseJson(value)
  } catch {
    return fail('the text is not JSON')
  }
}

/** All but the letters, digits and `-._~` of RFC 3986. */
function encodeUrl(value: string): string {
  spend(value.length >>> 3)
  try {
    return encodeURIComponent(value).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
  } catch {
    return fail('the text has half a character in it')
  }
}

function decodeUrl(value: string): string {
  spend(value.length >>> 3)
  try {
    return decodeURIComponent(value)
  } catch {
    return fail('the text is not percent-encoded UTF-8')
  }
}

/** Hashing is slower than copying by about as much as printing is. */
function sha256(value: string): string {
  spendOnBytes(value.length)
  return createHash('sha256').update(value).digest('hex')
}

function hmacSha256(value: string, key: string): string {
  spendOnBytes(value.length + key.length)
  return createHmac('sha256', key).update(value).digest('hex')
}

export const encoderFunctions: Library = {
  title: 'Encodings and digests',
  functions: [
    global('base64.encode', [text], string, (value: string) => Buffer.from(value).toString('base64'), {
      summary: 'The UTF-8 of a text as base64.',
      example: ["base64.encode('hello')", "'aGVsbG8='"],
    }),
    global('base64.decode', [text], string, decodeBase64, {
      summary: 'The text whose UTF-8 is this base64, with or without its padding.',
      example: ["base64.decode('aGVsbG8')", "'hello'"],
    }),
    global('json.encode', [anything], string, encodeJson, {
      exact: true,
      summary: 'A value as JSON.',
      example: ["json.encode({'a': [1, 'x']})", `'{"a":[1,"x"]}'`],
    }),
    global('json.decode', [text], dyn, decodeJson, {
      summary: 'The value that a JSON text holds.',
      example: [`json.decode('{"a": [1]}').a[0]`, '1'],
    }),
    global('url.encode', [text], string, encodeUrl, {
      summary: 'A text percent-encoded as a part of a URL, all but letters, digits and `-._~`.',
      example: ["url.encode('a b/ü')", "'a%20b%2F%C3%BC'"],
    }),
    global('url.decode', [text], string, decodeUrl, {
      summary: 'The text that is percent-encoded; `+` stays.',
      example: ["url.decode('a%20b')", "'a b'"],
    }),
    global('hash.sha256', [text], string, sha256, {
      summary: 'The SHA-256 digest of the UTF-8 of a text, in hexadecimal.',
      example: ["hash.sha256('hello')", "'2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824'"],
    }),
    global('hash.hmacSha256', [text, text], string, hmacSha256, {
      summary: 'The HMAC with SHA-256 of a text by a key, in hexadecimal.',
      example: [
        "hash.hmacSha256('hello', 'key')",
        "'9307b3b915efb5171ff14d8cb55fbcc798c6c0ef1456d66ded1a6aa723a58b7b'",
      ],
    }),
    global('uuid', [], string, nextUuid, {
      isVolatile: true,
      summary: 'A random UUID (version 4), another one each time.',
      example: ['size(uuid())', '36'],
    }),
  ],
}
