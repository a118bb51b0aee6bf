import { createRequire } from 'node:module'
import type { SaxesParser as Parser } from 'saxes'
import { runToEnd, type Work } from '../work.ts'
import { decodeText } from './charset.ts'
import { charsetOf } from './content-type.ts'
import { type DecodeLimits, type Encoded, type Format, Unreadable } from './format.ts'
import { addMember, type Members, setMember } from './members.ts'
import { writeXml } from './write-xml.ts'

const xmlType = /^(?:application|text)\/(?:[\w.-]+\+)?xml$/

/** XML 1.0 without DTDs: attributes are `@name`, text beside them or beside elements is `#text`. */
export const xml: Format = {
  name: 'xml',
  summary: 'XML without DTDs: `{ order: { "@id": "7", "#text": …, line: [ … ] } }`, all texts',
  mediaTypes: ['application/xml', 'text/xml'],
  matches: (mediaType) => xmlType.test(mediaType),
  givesTexts: true,
  decode: (body, limits) => runToEnd(decodeInSteps(body, limits)),
  decodeInSteps,
  encode: (value) => ({ bytes: writeXml(value), contentType: 'application/xml; charset=utf-8' }),
}

/** Loaded for the first body: most gateways have none. */
let SaxesParser: typeof Parser | undefined

/** An element that has begun. */
interface Open {
  readonly members: Members
  text: string
  hasMembers: boolean
}

/** Of the text, what is read in one step: some milliseconds. */
const stepLength = 32 * 1024

function* decodeInSteps(body: Encoded, { maxDepth, maxValues }: DecodeLimits): Work<unknown> {
  SaxesParser ??= (createRequire(import.meta.url)('saxes') as { SaxesParser: typeof Parser }).SaxesParser
  const parser = new SaxesParser({ position: false })
  const document: Open = { members: {}, text: '', hasMembers: false }
  const open: Open[] = [document]
  let left = maxValues
  const count = (values: number) => {
    left -= values
    if (left < 0) throw new Unreadable(`has over ${maxValues} elements and attributes`)
  }
  const addText = (text: string) => {
    open.at(-1)!.text += text
  }
  parser.on('error', () => {
    // Its own error quotes the body.
    throw new Unreadable('is not well-formed XML')
  })
  parser.on('xmldecl', ({ version }) => {
    // 1.1 has other characters and other ends of lines, and nobody sends it.
    if (version !== '1.0') throw new Unreadable('is not XML 1.0')
  })
  parser.on('doctype', () => {
    throw new Unreadable('has a DTD, which is refused')
  })
  parser.on('opentag', ({ attributes }) => {
    if (open.length > maxDepth) throw new Unreadable(`is nested over ${maxDepth} levels deep`)
    const names = Object.keys(attributes)
    count(1 + names.length)
    const members: Members = {}
    for (const name of names) setMember(members, `@${name}`, attributes[name])
    open.push({ members, text: '', hasMembers: names.length > 0 })
  })
  parser.on('closetag', ({ name }) => {
    const closed = open.pop()!
    const owner = open.at(-1)!
    addMember(owner.members, name, contentOf(closed))
    owner.hasMembers = true
  })
  parser.on('text', addText)
  parser.on('cdata', addText)
  const text = textOf(body)
  for (let at = 0; at < text.length; at += stepLength) {
    if (at > 0) yield
    parser.write(text.slice(at, at + stepLength))
  }
  parser.close()
  return document.members
}

/** Space around elements is layout. */
function contentOf({ members, text, hasMembers }: Open): unknown {
  if (!hasMembers) return text
  if (/\S/.test(text)) setMember(members, '#text', text)
  return members
}

const declared = /^<\?xml\s[^>]{0,100}?\bencoding\s*=\s*["']([\w.:-]+)["']/

/** What the content type says of the charset holds over what the document does (RFC 7303 section 3); a mark over both. */
function textOf({ bytes, contentType }: Encoded): string {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 200)).toString('latin1')
  const marked = start.startsWith('\xff\xfe') ? 'utf-16le' : start.startsWith('\xfe\xff') ? 'utf-16be' : undefined
  return decodeText(bytes, marked ?? charsetOf(contentType) ?? declared.exec(start)?.[1]?.toLowerCase())
}
