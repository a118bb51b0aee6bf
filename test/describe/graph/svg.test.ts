import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { drawSvg } from '../../../src/describe/graph/svg/draw.ts'
import { measure, wrap } from '../../../src/describe/graph/svg/text.ts'
import { anyShape, graphOf } from '../../support/graph/shapes.ts'
import { boxesOf, crosses, labelsOf, linesOf, overlap } from '../../support/graph/svg-marks.ts'

const runs = { numRuns: 100 }

describe('a picture of any route', () => {
  test('never draws one box over another', () => {
    fc.assert(
      fc.property(anyShape, (shape) => {
        const boxes = boxesOf(drawSvg(graphOf(shape)), 'node', 'bar', 'head', 'condition')
        const pairs = boxes.flatMap((box, index) => boxes.slice(index + 1).map((other) => [box, other] as const))
        expect(pairs.filter(([box, other]) => overlap(box, other))).toEqual([])
      }),
      runs,
    )
  })

  test('never writes a label over a box or another label', () => {
    fc.assert(
      fc.property(anyShape, (shape) => {
        const svg = drawSvg(graphOf(shape))
        const boxes = boxesOf(svg, 'node', 'bar', 'condition', 'drawer')
        const labels = labelsOf(svg)
        const pairs = labels.flatMap((label, index) =>
          [...boxes, ...labels.slice(index + 1)].map((other) => [label, other] as const),
        )
        expect(pairs.filter(([label, other]) => overlap(label, other))).toEqual([])
      }),
      runs,
    )
  })

  test('never draws a line through a box', () => {
    fc.assert(
      fc.property(anyShape, (shape) => {
        const svg = drawSvg(graphOf(shape))
        const boxes = boxesOf(svg, 'node', 'drawer')
        const crossed = linesOf(svg).flatMap((line) => boxes.filter((box) => crosses(line, box)))
        expect(crossed).toEqual([])
      }),
      { numRuns: 40 },
    )
  })

  test('keeps everything on the page', () => {
    fc.assert(
      fc.property(anyShape, (shape) => {
        const svg = drawSvg(graphOf(shape))
        const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg)!.map(Number)
        const page = { x: 0, y: 0, width: width!, height: height! }
        const outside = boxesOf(svg, 'node', 'bar', 'head', 'condition', 'drawer', 'frame').filter(
          ({ x, y, width: w, height: h }) => x < 0 || y < 0 || x + w > page.width || y + h > page.height,
        )
        expect(outside).toEqual([])
        const points = linesOf(svg).flat()
        expect(points.filter(({ x, y }) => x < 0 || y < 0 || x > page.width || y > page.height)).toEqual([])
      }),
      runs,
    )
  })
})

describe('a text', () => {
  const font = { family: 'sans', size: 10 } as const

  test('takes the room of its characters, Chinese ones twice that of most others', () => {
    expect(measure('产品', font)).toBe(20)
    expect(measure('ii', font)).toBeLessThan(measure('mm', font))
    expect(measure('e\u0301', font)).toBe(measure('e', font))
  })

  test('is broken between words, and inside a word that is too long by itself', () => {
    expect(wrap('one two three', font, measure('one two', font))).toEqual(['one two', 'three'])
    expect(wrap('/users/{user.id}/orders', font, measure('/users/{user.id}', font))).toEqual([
      '/users/',
      '{user.id}/',
      'orders',
    ])
  })

  test('is never wider than asked, and nothing of it is lost', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.integer({ min: 20, max: 200 }), (text, width) => {
        const lines = wrap(text, font, width)
        expect(lines.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''))
        for (const line of lines) expect([...line].length === 1 || measure(line, font) <= width).toBe(true)
      }),
    )
  })
})

test('what a file says is text in the picture, never markup', () => {
  const step = {
    shape: 'step',
    id: 's',
    kind: 'assign',
    calls: false,
    name: 's',
    title: '<script>&"',
    lines: [],
    needs: [],
    gives: [],
  } as const
  const svg = drawSvg(graphOf({ ...step, fallbacks: [], optional: false, ends: undefined, at: 'a:1:1' }))
  expect(svg).not.toContain('<script>')
  expect(svg).toContain('&lt;script&gt;&amp;&quot;')
})

test('the picture says in words what it shows', () => {
  const svg = drawSvg(graphOf({ shape: 'sequence', items: [] }))
  expect(svg).toContain('role="img" aria-labelledby="title description"')
  expect(svg).toContain('<title id="title">any: GET /any</title>')
  expect(svg).toContain('request gives geo.city to response')
  expect(svg).toContain('prefers-color-scheme:dark')
})
