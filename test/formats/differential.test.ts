import { describe, expect, test } from '@jest/globals'
import { DOMParser, type Element, type Node } from '@xmldom/xmldom'
import fc from 'fast-check'
// @ts-expect-error it has no types of its own
import Papa from 'papaparse'
import { type FormatName, Unreadable } from '../../src/formats/format.ts'
import { formatOf } from '../../src/formats/index.ts'
import { OpaqueBytes } from '../../src/formats/opaque-bytes.ts'
import { Body } from '../../src/json/body.ts'
import { printJson } from '../../src/json-text.ts'

/** More where somebody has the time: `FUZZ_RUNS=100000`. */
const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300)
const limits = { maxDepth: 100, maxValues: 10_000 }

function decode(name: FormatName, bytes: string | Uint8Array, contentType?: string): unknown {
  return formatOf(name).decode({ bytes: Buffer.from(bytes as string), contentType }, limits)
}

const letter = fc.constantFrom(...'abcXYZé名😀 019.-_:"\'<>&;,=%+\r\n\t\\/'.match(/./gsu)!)
const text = fc.string({ unit: letter, maxLength: 12 })
const name = fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/)

describe('what others read of what we write is what we were given', () => {
  test('forms, read by URLSearchParams', () => {
    fc.assert(
      fc.property(fc.dictionary(text, fc.array(text, { minLength: 1, maxLength: 3 })), (form) => {
        const { bytes } = formatOf('form').encode!(form)
        const read = new URLSearchParams(bytes as string)
        for (const [key, values] of Object.entries(form)) expect(read.getAll(key)).toEqual(values)
        expect([...read.keys()].length).toBe(Object.values(form).flat().length)
      }),
      { numRuns },
    )
  })

  test('CSV, read by papaparse', () => {
    const row = fc.tuple(text, text)
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 5 }), (rows) => {
        const value = rows.map(([a, b]) => ({ a, b }))
        const written = formatOf('csv').encode!(value).bytes as string
        const { data } = Papa.parse(written, { header: true, newline: '\r\n', delimiter: ',' })
        expect(data.slice(0, -1)).toEqual(value)
        expect(decode('csv', written)).toEqual(value)
      }),
      { numRuns },
    )
  })

  // Where a name holds `%0A` by itself, no reader can tell it from an end of line that was written so.
  const filenames = text.map((some) => some.replaceAll('%', ''))

  test('forms with files, read by fetch’s own parser', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, text), fc.uint8Array(), filenames, async (fields, bytes, filename) => {
        const file = new OpaqueBytes(bytes, 'image/png', filename)
        const written = formatOf('multipart').encode!({ ...fields, file })
        const response = new Response(written.bytes as never, { headers: { 'content-type': written.contentType } })
        const form = await response.formData()
        for (const key of Object.keys(fields)) if (key !== 'file') expect(form.get(key)).toBe(fields[key])
        const read = form.get('file') as File
        expect(Buffer.from(await read.arrayBuffer())).toEqual(Buffer.from(bytes))
        expect(read.name).toBe(filename)
      }),
      { numRuns },
    )
  })

  const tree = fc
    .letrec<{ element: unknown }>((tie) => ({
      element: fc.oneof(
        { maxDepth: 3 },
        text,
        fc.dictionary(
          fc.oneof(
            name,
            name.map((attribute) => `@${attribute}`),
          ),
          fc.oneof(text, tie('element')),
          {
            minKeys: 1,
            maxKeys: 4,
          },
        ),
      ),
    }))
    .element.map(onlyTextsInAttributes)

  test('XML, read by xmldom and by ourselves', () => {
    fc.assert(
      fc.property(tree, (value) => {
        const written = formatOf('xml').encode!({ root: value }).bytes as string
        const document = new DOMParser().parseFromString(written, 'application/xml')
        const wanted = JSON.parse(JSON.stringify({ root: value }))
        expect(readElement(document.documentElement!)).toEqual(normalized(wanted.root))
        expect(normalized((decode('xml', written) as { root: unknown }).root)).toEqual(normalized(wanted.root))
      }),
      { numRuns },
    )
  })
})

function onlyTextsInAttributes(value: unknown): unknown {
  if (typeof value === 'string') return value
  const members = Object.entries(value as object).filter(
    ([key, member]) => !key.startsWith('@') || typeof member === 'string',
  )
  return Object.fromEntries(members.map(([key, member]) => [key, onlyTextsInAttributes(member)]))
}

/** An object without members is an empty element. */
function normalized(value: unknown): unknown {
  if (typeof value === 'string') return value
  const entries = Object.entries(value as object)
  return entries.length === 0 ? '' : Object.fromEntries(entries.map(([key, member]) => [key, normalized(member)]))
}

function readElement(element: Element): unknown {
  const members: Record<string, unknown> = {}
  for (const attribute of Array.from(element.attributes)) members[`@${attribute.name}`] = attribute.value
  const children = Array.from(element.childNodes as unknown as Iterable<Node>)
  for (const child of children) if (child.nodeType === 1) addElement(members, child as Element)
  // Texts and CDATA sections.
  const texts = children.filter(({ nodeType }) => nodeType === 3 || nodeType === 4)
  const content = texts.map(({ nodeValue }) => nodeValue).join('')
  if (Object.keys(members).length === 0) return content
  if (/\S/.test(content)) members['#text'] = content
  return members
}

/** A name that comes again makes a list. */
function addElement(members: Record<string, unknown>, child: Element): void {
  const name = child.nodeName
  const content = readElement(child)
  const before = members[name]
  if (!Object.hasOwn(members, name)) members[name] = content
  else if (Array.isArray(before)) before.push(content)
  else members[name] = [before, content]
}

describe('documents of others are read as others read them', () => {
  /** How a document may write a text. */
  const written = (kind: number, some: string) => {
    switch (kind) {
      case 0:
        return `<![CDATA[${some.replaceAll(']]>', '')}]]>`
      case 1:
        return [...some].map((one) => `&#x${one.codePointAt(0)!.toString(16)};`).join('')
      case 2:
        return `<!--${some.replaceAll('-', '')}-->`
      case 3:
        return `<?note ${some.replaceAll('?', '')}?>`
      default:
        return some.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
    }
  }
  const piece = fc.tuple(fc.nat(7), text).map(([kind, some]) => written(kind, some))
  const attribute = fc.tuple(name, text, fc.constantFrom('"', "'"))
  const escaped = (value: string) => value.replace(/[&<"'\r\n\t]/g, (one) => `&#${one.codePointAt(0)};`)
  const element = fc.letrec<{ element: string }>((tie) => ({
    element: fc
      .tuple(
        fc.constantFrom('a', 'b', 'ns.c', 'é'),
        fc.uniqueArray(attribute, { maxLength: 3, selector: ([key]) => key }),
        fc.array(fc.oneof({ maxDepth: 4 }, piece, tie('element')), { maxLength: 5 }),
        fc.boolean(),
      )
      .map(([tag, attributes, content, isShort]) => {
        const said = attributes.map(([key, value, quote]) => ` ${key}=${quote}${escaped(value)}${quote}`).join('')
        return content.length === 0 && isShort ? `<${tag}${said}/>` : `<${tag}${said}>${content.join('')}</${tag}>`
      }),
  })).element

  test('XML, as xmldom reads it', () => {
    let read = 0
    fc.assert(
      fc.property(
        fc.constantFrom('', '<?xml version="1.0" encoding="UTF-8"?>\n', '<!--x-->\n'),
        element,
        (head, root) => {
          const document = new DOMParser().parseFromString(head + root, 'application/xml')
          const ours = decode('xml', head + root) as Record<string, unknown>
          const { nodeName } = document.documentElement!
          expect(ours).toEqual({ [nodeName]: readElement(document.documentElement!) })
          read++
        },
      ),
      { numRuns },
    )
    expect(read).toBe(numRuns)
  })

  const space = fc.constantFrom('', '', ' ', '\n', '\t ', '\r\n')
  const number = fc.oneof(
    fc.integer().map(String),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((some) => JSON.stringify(some)),
    fc.constantFrom('0', '-0', '1.50', '1e3', '1E-2', '-0.0', '9007199254740991'),
  )
  const quoted = fc.tuple(text, fc.boolean()).map(([some, isEscaped]) => {
    const plain = JSON.stringify(some)
    return isEscaped
      ? plain.replace(/[a-zé]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
      : plain
  })
  const value = fc.letrec<{ value: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom('null', 'true', 'false'),
      number,
      quoted,
      fc
        .tuple(space, fc.array(fc.tuple(tie('value'), space), { maxLength: 4 }))
        .map(([before, items]) => `[${before}${items.map(([one, after]) => one + after).join(',')}]`),
      fc
        .tuple(
          space,
          fc.array(fc.tuple(fc.oneof(quoted, fc.constantFrom('"a"', '"__proto__"')), tie('value'), space), {
            maxLength: 4,
          }),
        )
        .map(
          ([before, members]) =>
            `{${before}${members.map(([key, one, after]) => `${key}:${after}${one}${after}`).join(',')}}`,
        ),
    ),
  })).value

  test('JSON, as JSON.parse reads it, number for number', () => {
    let read = 0
    fc.assert(
      fc.property(space, value, space, (before, body, after) => {
        const document = before + body + after
        const ours = decode('json', document)
        // Which has no -0.
        expect(JSON.stringify(JSON.parse(printJson(ours)))).toBe(JSON.stringify(JSON.parse(document)))
        expect(Body.ofBytes(Buffer.from(document), 100)?.value).toEqual(ours)
        read++
      }),
      { numRuns },
    )
    expect(read).toBe(numRuns)
  })
})

describe('whatever comes is read, or refused as unreadable', () => {
  const pieces = {
    form: ['a', '=', '&', '%41', '%', '+', 'é', '%zz'],
    xml: [
      '<a>',
      '</a>',
      '<b x="1">',
      '</b>',
      '<',
      '>',
      '&amp;',
      '&',
      '<!DOCTYPE a>',
      '<![CDATA[x]]>',
      '<?x y?>',
      '<!--c-->',
      'x',
      '<?xml version="1.0" encoding="gbk"?>',
      '<a/>',
    ],
    csv: ['a', ',', '\n', '\r\n', '"', '""', 'x y', '\u0000'],
    events: ['data: x', '\n', '\n\n', 'event: y\n', ':', 'id\n', '\r'],
    multipart: [
      '--b',
      '--b\r\n',
      '--b--',
      '\r\n',
      'Content-Disposition: form-data; name="a"',
      '; filename="x"',
      '\r\n\r\n',
      'x',
      ': ',
      '"',
    ],
    text: ['x', 'é', '\ufeff'],
  } as const
  const bodies = (parts: readonly string[]) =>
    fc.oneof(
      fc.array(fc.constantFrom(...parts), { maxLength: 20 }).map((some) => Buffer.from(some.join(''))),
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
    )
  test.each(Object.entries(pieces))('%s', (format, parts) => {
    const types = fc.constantFrom(undefined, 'x/y; boundary=b', 'x/y; charset=gbk; boundary=b', 'x/y; charset=nope')
    fc.assert(
      fc.property(bodies(parts), types, (bytes, contentType) => {
        try {
          formatOf(format as FormatName).decode({ bytes, contentType }, limits)
        } catch (error) {
          expect(error).toBeInstanceOf(Unreadable)
        }
      }),
      { numRuns },
    )
  })

  test('forms with files are read as fetch’s own parser reads them, or refused', async () => {
    await fc.assert(
      fc.asyncProperty(bodies(pieces.multipart), async (bytes) => {
        const contentType = 'multipart/form-data; boundary=b'
        let ours: Record<string, unknown>
        try {
          ours = decode('multipart', bytes, contentType) as Record<string, unknown>
        } catch {
          return
        }
        const form = await new Response(bytes as never, { headers: { 'content-type': contentType } })
          .formData()
          .catch(() => undefined)
        if (!form) return
        expect([...new Set(form.keys())].sort()).toEqual(Object.keys(ours).sort())
      }),
      { numRuns },
    )
  })

  // It takes a row of two quotes for no row.
  test('CSV that is read is what papaparse reads', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces.csv.slice(0, 7)), { maxLength: 20 }), (some) => {
        const body = some.join('')
        let ours: unknown
        try {
          ours = decode('csv', body)
        } catch {
          return
        }
        const { data, errors } = Papa.parse(body, { header: true, skipEmptyLines: true, delimiter: ',' })
        if (errors.length > 0 || /^""\r?$/m.test(body)) return
        expect(ours).toEqual(data)
      }),
      { numRuns },
    )
  })
})
