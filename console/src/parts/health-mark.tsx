import { type Health, healthWords } from '../health.ts'

const shapes: Readonly<Record<Health, string>> = {
  well: 'M8 2a6 6 0 1 1 0 12a6 6 0 1 1 0-12z',
  degraded: 'M8 1.5L15 14H1z',
  failing: 'M8 1L15 8L8 15L1 8z',
  idle: 'M8 3a5 5 0 1 1 0 10a5 5 0 1 1 0-10z',
}

export function HealthMark({ health }: { readonly health: Health }) {
  return (
    <svg className={`mark ${health}`} viewBox="0 0 16 16" role="img" aria-label={healthWords[health]}>
      <path d={shapes[health]} />
    </svg>
  )
}
