import type { Ending } from '../../../src/call-ending.ts'

export type Shown = Ending | 'not-run'

export const endingWords: Readonly<Record<Shown, string>> = {
  ok: 'ok',
  kept: 'from what was kept',
  covered: 'something stood in',
  'left-out': 'left out',
  failed: 'failed',
  'not-run': 'was not run',
}

const shapes: Readonly<Record<Shown, string>> = {
  ok: 'M8 3a5 5 0 1 1 0 10a5 5 0 1 1 0-10z',
  kept: 'M3 3h10v10H3z',
  covered: 'M8 1.5L15 14H1z',
  'left-out': 'M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 1 1 0-11zM4 12L12 4',
  failed: 'M8 .5L15.5 8L8 15.5L.5 8z',
  'not-run': 'M6 8h4',
}

/** How a call ended, by color and shape. */
export function EndingMark({ ending, note = '' }: { readonly ending: Shown; readonly note?: string }) {
  const words = note === '' ? endingWords[ending] : `${endingWords[ending]}: ${note}`
  return (
    <svg className={`ending ${ending}`} viewBox="0 0 16 16" role="img" aria-label={words}>
      <title>{words}</title>
      <path d={shapes[ending]} />
    </svg>
  )
}
