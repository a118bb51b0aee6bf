import { type Area, insideElement, within } from '../area.ts'
import type { Expression } from '../expression.ts'
import type { Mark, Template, Traced, TraceOf, Where } from './nodes.ts'

/** Finds what of marked areas is in a template's value, and where. It tells too much rather than too little. */
export function traceTemplate<Origin>(template: Template, marks: readonly Mark<Origin>[]): Traced<Origin>[] {
  const nested: TraceOf = (part, elements) =>
    traceTemplate(part, elements ? withElements(marks, elements as Traced<Origin>[]) : marks)
  const { at } = template
  switch (template.kind) {
    case 'literal':
      return []
    case 'path': {
      const { query, singular, reach, reads } = template.path
      const place = { at, offset: 0, length: query.length }
      const given = tracePath(reach.area, !reach.isExact ? 'anywhere' : singular ? 'itself' : 'listed', marks)
      const compared = [...reach.compared, ...reads.slice(1)].flatMap((area) => tracePath(area, 'anywhere', marks))
      return [...given, ...compared].map((found) => ({ ...found, ...place }))
    }
    case 'expression':
      return traceExpression(template.expression, marks).map((found) => shift(found, at, template.offset))
    case 'interpolation':
      return template.parts.flatMap((part) =>
        typeof part === 'string'
          ? []
          : traceExpression(part.expression, marks).map((found) => moveTo(shift(found, at, part.offset), [])),
      )
    case 'object':
      return template.members.flatMap(([name, value]) => traceInside(name, value, marks))
    case 'array':
      return template.items.flatMap((item, index) => traceInside(index, item, marks))
    case 'operator': {
      const { operator, config } = template
      if (operator.trace) return operator.trace(config, nested) as Traced<Origin>[]
      return operator
        .parts(config)
        .flatMap((part) => nested(part.template) as Traced<Origin>[])
        .map((found) => moveTo(found, []))
    }
  }
}

/** The same, elsewhere in a value. */
export function moveTo<Origin>(traced: Traced<Origin>, area: Area): Traced<Origin> {
  return { ...traced, area }
}

type Found<Origin> = Pick<Traced<Origin>, 'mark' | 'area' | 'inner'>

/** What a path finds is its value itself, stands in the list of all that it finds, or may be anywhere in it. */
function tracePath<Origin>(
  path: Area,
  as: 'itself' | 'listed' | 'anywhere',
  marks: readonly Mark<Origin>[],
): Found<Origin>[] {
  return marks.flatMap((mark) => {
    const area = within(mark.area, path)
    if (area === undefined) return []
    const inner = [...(mark.inner ?? []), ...path.slice(mark.area.length)]
    return [{ mark, inner, area: as === 'itself' ? area : as === 'listed' ? [null, ...area] : [] }]
  })
}

/** What computes may give any of what it reads; what only asks whether something is there gives none. */
function traceExpression<Origin>({ path, reads }: Expression, marks: readonly Mark<Origin>[]) {
  const as = path ? 'itself' : 'anywhere'
  return reads
    .filter(({ asked }) => !asked)
    .flatMap((read) =>
      tracePath(read.path, as, marks).map((found) => ({ ...found, offset: read.offset, length: read.length })),
    )
}

function shift<Origin>(
  found: Found<Origin> & { readonly offset: number; readonly length: number },
  at: Where,
  by: number,
): Traced<Origin> {
  return { ...found, at, offset: found.offset + by }
}

function traceInside<Origin>(step: string | number, template: Template, marks: readonly Mark<Origin>[]) {
  return traceTemplate(template, marks).map((found) => moveTo(found, [step, ...found.area]))
}

/** The marks inside an `$each` or forEach over a list: `item` is an element of it. */
export function withElements<Origin>(marks: readonly Mark<Origin>[], list: readonly Traced<Origin>[]): Mark<Origin>[] {
  const outer = marks.filter(({ area }) => area[0] !== 'item')
  const items = list.map(({ mark: { origin }, area, inner = [] }) => ({
    area: ['item', ...insideElement(area)],
    origin,
    // What lies inside an element is reached by its own name.
    inner: area.length === 0 ? [...inner, null] : inner,
  }))
  return [...outer, ...items]
}
