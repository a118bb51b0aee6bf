import { useEffect, useRef, useState } from 'react'
import type { DrawnStep, RouteLive, StepLive } from '../../../src/server/admin/console/route-view.ts'
import { printMs, printRate } from '../figures.ts'
import { type Health, healthOf, healthWords } from '../health.ts'

interface PictureProps {
  /** As the gateway drew it. */
  readonly svg: string
  readonly steps: readonly DrawnStep[]
  readonly live: RouteLive | undefined
  /** A step's id. */
  readonly chosen: string | undefined
  readonly choose: (id: string) => void
}

/** The drawing of `tessera graph`, with how its steps do laid over their boxes. */
export function Picture({ svg, steps, live, chosen, choose }: PictureProps) {
  const frame = useRef<HTMLDivElement>(null)
  const [isWhole, setWhole] = useState(true)
  const choosing = useRef(choose)
  choosing.current = choose
  useEffect(() => {
    const drawing = new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement as unknown as SVGSVGElement
    // What can be chosen in it is no part of an image.
    drawing.setAttribute('role', 'group')
    frame.current!.replaceChildren(document.importNode(drawing, true))
    for (const box of frame.current!.querySelectorAll<SVGGElement>('g[data-id]')) makeChoosable(box, choosing)
  }, [svg])
  // biome-ignore lint/correctness/useExhaustiveDependencies: another drawing has none of it yet.
  useEffect(() => {
    const drawn = new Map(steps.map((step) => [step.id, step]))
    for (const box of frame.current!.querySelectorAll<SVGGElement>('g[data-id]')) {
      const step = drawn.get(box.dataset['id']!)
      const figures = step && live?.steps.find(({ name }) => name === step.name)
      box.classList.toggle('chosen', box.dataset['id'] === chosen)
      box.setAttribute('aria-pressed', String(box.dataset['id'] === chosen))
      layOver(box, figures)
      for (const drawer of frame.current!.querySelectorAll<SVGRectElement>('[data-of]'))
        if (drawer.dataset['of'] === step?.id) drawer.classList.toggle('taken', isTaken(figures))
    }
  }, [svg, steps, live, chosen])
  return (
    <>
      <button type="button" className="size" aria-pressed={isWhole} onClick={() => setWhole(!isWhole)}>
        {isWhole ? 'Full size' : 'Whole picture'}
      </button>
      <div ref={frame} className={isWhole ? 'picture whole' : 'picture'} />
    </>
  )
}

function makeChoosable(box: SVGGElement, choosing: { readonly current: (id: string) => void }): void {
  box.setAttribute('tabindex', '0')
  box.setAttribute('role', 'button')
  const choose = () => choosing.current(box.dataset['id']!)
  box.addEventListener('click', choose)
  box.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== ' ') return
    event.preventDefault()
    choose()
  })
}

const isTaken = (figures: StepLive | undefined) => Object.values(figures?.standIns ?? {}).some((rate) => rate > 0)

const namespace = 'http://www.w3.org/2000/svg'
const marks: Readonly<Record<Health, string>> = {
  well: 'M6 0a6 6 0 1 1-12 0a6 6 0 1 1 12 0z',
  degraded: 'M0-6.5L6.5 5.5H-6.5z',
  failing: 'M0-7L7 0L0 7L-7 0z',
  idle: 'M5 0a5 5 0 1 1-10 0a5 5 0 1 1 10 0z',
}

/** A mark on the corner of a box, and its figures on the edge. */
function layOver(box: SVGGElement, figures: StepLive | undefined): void {
  box.querySelector('.live')?.remove()
  const rect = box.querySelector('rect')
  if (!rect || !figures) return
  const health = healthOf(figures.now, isTaken(figures) ? 1 : 0)
  const right = Number(rect.getAttribute('x')) + Number(rect.getAttribute('width'))
  const top = Number(rect.getAttribute('y'))
  const group = document.createElementNS(namespace, 'g')
  group.setAttribute('class', `live ${health}`)
  const mark = document.createElementNS(namespace, 'path')
  mark.setAttribute('d', marks[health])
  mark.setAttribute('transform', `translate(${right - 1} ${top + 1})`)
  const title = document.createElementNS(namespace, 'title')
  title.textContent = healthWords[health]
  mark.append(title)
  group.append(mark)
  if (figures.now.rate > 0) {
    const text = document.createElementNS(namespace, 'text')
    text.setAttribute('x', String(right - 12))
    text.setAttribute('y', String(top - 4))
    text.setAttribute('text-anchor', 'end')
    text.setAttribute('class', 'sans halo live-figures')
    text.textContent = `${printRate(figures.now.rate)}  ${printMs(figures.now.p95Ms)}`
    group.append(text)
  }
  box.append(group)
}
