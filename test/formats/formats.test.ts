import { describe, expect, test } from '@jest/globals'
import { decodeAnySize, type FormatName, Unreadable, Unwritable } from '../../src/formats/format.ts'
import { chooseFormat, formatOf, formats } from '../../src/formats/index.ts'
import { OpaqueBytes } from '../../src/formats/opaque-bytes.ts'
import { printJson } from '../../src/json-text.ts'

const limits = { maxDepth: 20, maxValues: 100 }

function decode(name: FormatName, body: string | Uint8Array, contentType?: string): unknown {
  return formatOf(name).decode({ bytes: Buffer.from(body as string), contentType }, limits)
}

function encode(name: FormatName, value: unknown): { contentType: string; text: string } {
  const { bytes, contentType } = formatOf(name).encode!(value)
  return { contentType, text: Buffer.from(bytes as string).toString() }
}

const gbk = Buffer.from([0xc4, 0xe3, 0xba, 0xc3]) // 你好

describe('a format is told by a content type', () => {
  test.each([
    ['application/json', 'json'],
    ['application/problem+json; charset=utf-8', 'json'],
    ['APPLICATION/X-WWW-FORM-URLENCODED', 'form'],
    ['multipart/form-data; boundary=x', 'multipart'],
    ['text/xml', 'xml'],
    ['application/soap+xml; action="x"', 'xml'],
    ['text/csv; header=present', 'csv'],
    ['text/event-stream', 'events'],
    ['text/html', 'text'],
    ['image/png', 'bytes'],
  ])('%s is %s', (contentType, name) => expect(chooseFormat(contentType)?.name).toBe(name))
})

describe('a form', () => {
  test('is an object, a name that comes twice a list', () => {
    expect(decode('form', 'a=1&b=x+y%26&a=2&c')).toEqual({ a: ['1', '2'], b: 'x y&', c: '' })
  })

  test('is read by its charset, escaped or not', () => {
    const type = 'application/x-www-form-urlencoded; charset=GBK'
    expect(decode('form', Buffer.concat([Buffer.from('n='), gbk, Buffer.from('&e=%C4%E3%BA%C3')]), type)).toEqual({
      n: '你好',
      e: '你好',
    })
  })

  test('may have a character of which one byte is escaped and one is not', () => {
    const type = 'application/x-www-form-urlencoded; charset=GBK'
    expect(decode('form', Buffer.concat([Buffer.from('n='), gbk.subarray(0, 1), Buffer.from('%E3')]), type)).toEqual({
      n: '你',
    })
  })

  test('is written with its lists repeated, and without what is absent', () => {
    expect(encode('form', { a: [1, 'x y'], b: null, c: undefined, d: true, e: '&=+%' })).toEqual({
      contentType: 'application/x-www-form-urlencoded',
      text: 'a=1&a=x+y&d=true&e=%26%3D%2B%25',
    })
  })

  test.each([[[1]], ['a'], [null], [{ a: { b: 1 } }], [{ a: [[1]] }]])('cannot be written of %j', (value) => {
    expect(() => encode('form', value)).toThrow(Unwritable)
  })
})

describe('XML', () => {
  test('is objects: attributes, texts, and elements that come more than once as lists', () => {
    const text =
      '<?xml version="1.0"?>\n<order id="7" xmlns:x="u">\n <line>a&amp;b</line><line/> <x:note>n<b>!</b></x:note></order>'
    expect(decode('xml', text)).toEqual({
      order: { '@id': '7', '@xmlns:x': 'u', line: ['a&b', ''], 'x:note': { b: '!', '#text': 'n' } },
    })
  })

  test('is read by the charset that its type, its mark or itself names', () => {
    const document = (encoding: string) => [
      Buffer.from(`<?xml version="1.0"${encoding}?><a>`),
      gbk,
      Buffer.from('</a>'),
    ]
    expect(decode('xml', Buffer.concat(document(' encoding="GBK"')))).toEqual({ a: '你好' })
    expect(decode('xml', Buffer.concat(document('')), 'text/xml; charset="gb18030"')).toEqual({ a: '你好' })
    expect(decode('xml', Buffer.from('\ufeff<a>é</a>', 'utf16le'))).toEqual({ a: 'é' })
  })

  test.each([
    ['a DTD', '<!DOCTYPE a><a/>', 'DTD'],
    ['entities that grow', '<!DOCTYPE a [<!ENTITY x "yy"><!ENTITY z "&x;&x;">]><a>&z;</a>', 'DTD'],
    ['a file that is named', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', 'DTD'],
    ['an entity that nobody knows', '<a>&x;</a>', 'well-formed'],
    ['depth', `${'<a>'.repeat(30)}${'</a>'.repeat(30)}`, 'nested'],
    ['too many elements', `<a>${'<b/>'.repeat(200)}</a>`, 'elements'],
    ['an attribute twice', '<a b="1" b="2"/>', 'well-formed'],
    ['no end', '<a><b></b>', 'well-formed'],
    ['two roots', '<a/><b/>', 'well-formed'],
    ['nothing', '', 'well-formed'],
    ['characters that XML 1.0 has not', '<?xml version="1.1"?><a>&#1;</a>', 'XML 1.0'],
    ['an unknown charset', '<?xml version="1.0" encoding="nope"?><a/>', 'charset'],
  ])('is refused for %s', (_what, text, why) => {
    expect(() => decode('xml', text)).toThrow(Unreadable)
    expect(() => decode('xml', text)).toThrow(why)
  })

  test('of a large document leaves turns of the event loop to others, and reads what is read in one go', async () => {
    // Of an odd length, so that steps end inside of characters.
    const document = `<a>${'<b>😀😀 &amp; </b>'.repeat(20_000)}</a>`
    const large = { maxDepth: 20, maxValues: 100_000 }
    const body = { bytes: Buffer.from(document), contentType: undefined }
    let turns = 0
    let isOver = false
    const turn = () => {
      turns += 1
      if (!isOver) setImmediate(turn)
    }
    turn()
    const read = decodeAnySize(formatOf('xml'), body, large)
    expect(read).toBeInstanceOf(Promise)
    const value = await read
    isOver = true
    expect(turns).toBeGreaterThan(8)
    expect(value).toEqual(formatOf('xml').decode(body, large))

    const left = () => {
      throw new Error('nobody waits')
    }
    await expect(decodeAnySize(formatOf('xml'), body, large, left)).rejects.toThrow('nobody waits')
    await expect(decodeAnySize(formatOf('xml'), { ...body, bytes: body.bytes.subarray(0, -4) }, large)).rejects.toThrow(
      'well-formed',
    )
  })

  test('names that objects inherit are names', () => {
    expect(JSON.stringify(decode('xml', '<a><__proto__ x="1"/><constructor/></a>'))).toBe(
      '{"a":{"__proto__":{"@x":"1"},"constructor":""}}',
    )
  })

  test('is written with everything escaped', () => {
    expect(
      encode('xml', { a: { '@id': 'x"<\n', line: ['1 < 2', { b: null, c: 7 }, null], '#text': ']]>&' } }).text,
    ).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<a id="x&quot;&lt;&#10;"><line>1 &lt; 2</line><line><c>7</c></line><line/>]]&gt;&amp;</a>',
    )
  })

  test.each([
    ['two roots', { a: 1, b: 2 }],
    ['a list of roots', { a: [1, 2] }],
    ['no object', 'x'],
    ['a name that is none', { 'a b': 1 }],
    ['a tag in a name', { a: { 'b><c': 1 } }],
    ['an attribute name that is none', { a: { '@x="1" y': 1 } }],
    ['an attribute that is an object', { a: { '@x': {} } }],
    ['a character that XML does not have', { a: '\u0000' }],
  ])('cannot be written of %s', (_what, value) => expect(() => encode('xml', value)).toThrow(Unwritable))
})

describe('CSV', () => {
  test('is a list of objects by its head row', () => {
    expect(decode('csv', 'id,name\r\n1,"a ""b"", c"\r\n\r\n2,"x\ny"\r\n')).toEqual([
      { id: '1', name: 'a "b", c' },
      { id: '2', name: 'x\ny' },
    ])
    expect(decode('csv', '')).toEqual([])
  })

  test('is read by its charset, with or without a mark', () => {
    expect(decode('csv', Buffer.concat([Buffer.from('n\n'), gbk]), 'text/csv; charset=gbk')).toEqual([{ n: '你好' }])
    expect(decode('csv', '\ufeffn\n1')).toEqual([{ n: '1' }])
  })

  test.each([
    ['a row that is too long', 'a,b\n1,2,3'],
    ['a row that is too short', 'a,b\n1'],
    ['a quote without its end', 'a\n"b'],
    ['two columns of one name', 'a,a\n1,2'],
    ['too many cells', `a\n${'1\n'.repeat(200)}`],
    ['a line without end', `a\n"${'x'.repeat(2 * 1024 * 1024)}"`],
  ])('is refused for %s', (_what, text) => expect(() => decode('csv', text)).toThrow(Unreadable))

  test('is written with all columns that a row has', () => {
    expect(
      encode('csv', [
        { a: 1, b: 'x,"y"' },
        { b: null, c: ' z' },
      ]),
    ).toEqual({
      contentType: 'text/csv; charset=utf-8',
      text: 'a,b,c\r\n1,"x,""y""",\r\n,," z"\r\n',
    })
    expect(encode('csv', []).text).toBe('')
  })

  test('of more cells than may be is refused before a line is parsed', () => {
    expect(() => decode('csv', ','.repeat(900_000))).toThrow('cells')
  })

  test('of rows that have nothing in common is bounded', () => {
    const rows = Array.from({ length: 2000 }, (_, index) => ({ [`c${index}`]: 1 }))
    expect(() => encode('csv', rows)).toThrow('cells')
  })

  test.each([[{ a: 1 }], [[1]], [[{ a: [1] }]]])('cannot be written of %j', (value) => {
    expect(() => encode('csv', value)).toThrow(Unwritable)
  })
})

describe('server-sent events', () => {
  test('are a list, of those that are whole', () => {
    const text = ': hi\nevent: add\ndata: {"a":1}\ndata: 2\nid: 7\n\ndata:x\r\n\r\nevent: none\n\ndata: lost'
    expect(decode('events', text)).toEqual([
      { event: 'add', data: '{"a":1}\n2', id: '7' },
      { event: 'message', data: 'x', id: '7' },
    ])
  })

  test('are bounded: events, their lines, and how long a line is', () => {
    expect(() => decode('events', 'data: x\n\n'.repeat(200))).toThrow('events')
    expect(() => decode('events', `${'data\n'.repeat(200)}\n`)).toThrow('lines of them')
    expect(() => decode('events', `data: ${'x'.repeat(1024 * 1024 + 1)}\n\n`)).toThrow('a line that is too long')
  })

  test('may have a byte order mark, any line ends, fields without a value, and an id that holds until the next', () => {
    const text = '\ufeffdata: a\rdata\r\ndata:  b\nid: 1\nretry: 5\nwhat: x\n:\n\nid: 2\0\ndata:\n\nid\ndata: c\n\n'
    expect(decode('events', text)).toEqual([
      { event: 'message', data: 'a\n\n b', id: '1' },
      { event: 'message', data: '', id: '1' },
      { event: 'message', data: 'c', id: '' },
    ])
  })
})

describe('JSON Lines', () => {
  const type = 'application/x-ndjson; charset=utf-8'

  test('are a list of the values that stand in them, by their content type', () => {
    const text = '{"a":1.50}\r\n\n[12345678901234567890]\n"x"\nnull'
    expect(printJson(decode('events', text, type))).toBe('[{"a":1.50},[12345678901234567890],"x",null]')
    expect(chooseFormat('application/jsonl')?.name).toBe('events')
  })

  test('are no list when one of them is broken, too deep, or there are too many', () => {
    expect(() => decode('events', '{"a":1}\n{"a":', type)).toThrow('has a line that is not valid JSON')
    expect(() => decode('events', `1\n${'['.repeat(600)}`, type)).toThrow('has a line that is nested over')
    expect(() => decode('events', '1\n'.repeat(200), type)).toThrow('has over 100 lines')
  })
})

const part = (head: string, body: string) => `--b\r\n${head}\r\n\r\n${body}\r\n`
const field = (name: string, body: string) => part(`Content-Disposition: form-data; name="${name}"`, body)
const type = 'multipart/form-data; boundary=b'

describe('a form with files', () => {
  test('is texts, and files that are opaque', () => {
    const file = part(
      'Content-Disposition: form-data; name="f"; filename="C:\\x\\a.png"\r\nContent-Type: image/png',
      '\u0001\r\n--bb',
    )
    const body = decode('multipart', `preamble\r\n${field('a', '1')}${field('a', 'é')}${file}--b--\r\nepilogue`, type)
    expect(body).toEqual({ a: ['1', 'é'], f: { filename: 'a.png', type: 'image/png', size: 7 } })
    const { f } = body as { f: OpaqueBytes }
    expect(Buffer.from(OpaqueBytes.bytesOf(f)).toString()).toBe('\u0001\r\n--bb')
    expect(() => JSON.stringify(f)).toThrow(Unwritable)
  })

  test('may hold a line that only begins like the last delimiter', () => {
    expect(decode('multipart', `${field('a', '1\r\n--b--Y\r\n2')}--b--\r\n`, type)).toEqual({ a: '1\r\n--b--Y\r\n2' })
  })

  test('has nothing in it', () => expect(decode('multipart', '--b--\r\n', type)).toEqual({}))

  test.each([
    ['no boundary', field('a', '1'), 'multipart/form-data'],
    ['no end', field('a', '1'), type],
    ['a part that breaks off', '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx', type],
    ['a part without a name', `${part('Content-Disposition: form-data', 'x')}--b--`, type],
    ['a part of something else', `${part('Content-Disposition: attachment; name="a"', 'x')}--b--`, type],
    ['a head that is none', `${part('what', 'x')}--b--`, type],
    ['two names', `${part('Content-Disposition: form-data; name="a"; name="b"', 'x')}--b--`, type],
    ['a quote without end', `${part('Content-Disposition: form-data; name="a', 'x')}--b--`, type],
    [
      'a transfer encoding',
      `${part('Content-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64', 'eA==')}--b--`,
      type,
    ],
    [
      'text that is no UTF-8',
      Buffer.concat([
        Buffer.from('--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n'),
        gbk,
        Buffer.from('\r\n--b--'),
      ]),
      type,
    ],
    ['too many parts', `${field('a', '1').repeat(200)}--b--`, type],
    ['a head without end', `--b\r\n${'x: y\r\n'.repeat(5000)}\r\n\r\n--b--`, type],
    ['nothing', '', type],
  ] as [string, string | Uint8Array, string][])('is refused for %s', (_what, body, contentType) => {
    expect(() => decode('multipart', body, contentType)).toThrow(Unreadable)
  })

  test('is written and read again: names, texts and files stay what they are', () => {
    const files = [
      new OpaqueBytes(Buffer.from([0, 255, 13, 10, 45, 45]), 'image/png', 'ü"\n.png'),
      new OpaqueBytes(gbk, 'a/b'),
    ]
    const written = formatOf('multipart').encode!({ 'n"\r\n': ['x', 2], empty: '', none: null, files })
    const again = decode('multipart', written.bytes, written.contentType) as Record<string, unknown>
    expect(again).toEqual({
      'n"\r\n': ['x', '2'],
      empty: '',
      files: [
        { filename: 'ü"\n.png', type: 'image/png', size: 6 },
        { filename: 'files', type: 'a/b', size: 4 },
      ],
    })
    expect(Buffer.from(OpaqueBytes.bytesOf((again['files'] as OpaqueBytes[])[0]!))).toEqual(
      Buffer.from(OpaqueBytes.bytesOf(files[0]!)),
    )
  })

  test('is the same bytes for the same form', () => {
    const { encode } = formatOf('multipart')
    expect(encode!({ a: 1 })).toEqual(encode!({ a: 1 }))
    expect(encode!({ a: 1 })).not.toEqual(encode!({ a: 2 }))
  })
})

test('a charset has one name: with spaces around it, of which there is no end, it is none', () => {
  for (const charset of ['" gbk"', '"gbk\t"', '"\tgbk "'])
    expect(() => decode('text', gbk, `text/plain; charset=${charset}`)).toThrow('unknown charset')
})

describe('text', () => {
  test('is read by its charset', () => {
    expect(decode('text', Buffer.from('caf\xe9', 'latin1'), 'text/plain; charset=ISO-8859-1')).toBe('café')
    expect(decode('text', Buffer.from([0x83, 0x65]), 'text/plain; charset=Shift_JIS')).toBe('テ')
    expect(() => decode('text', Buffer.from([0xff]))).toThrow('UTF-8')
    expect(() => decode('text', 'a', 'text/plain; charset=utf-7')).toThrow('charset')
  })

  test('is written of a single value', () => {
    expect(encode('text', 'é 1')).toEqual({ contentType: 'text/plain; charset=utf-8', text: 'é 1' })
    expect(encode('text', 12n).text).toBe('12')
    expect(() => encode('text', { a: 1 })).toThrow(Unwritable)
  })
})

test('every format says what it is', () => {
  for (const format of formats.values()) expect(format.summary).not.toBe('')
})
