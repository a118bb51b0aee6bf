interface SparklineProps {
  readonly values: readonly (number | null)[]
  readonly label: string
  readonly tone?: 'plain' | 'failing'
}

const width = 120
const height = 28

/** How something went in the last quarter of an hour; where nothing happened there is no line. */
export function Sparkline({ values, label, tone = 'plain' }: SparklineProps) {
  const top = Math.max(...values.map((value) => value ?? 0), 1e-9)
  const x = (index: number) => (index / Math.max(1, values.length - 1)) * width
  const y = (value: number) => height - 2 - (value / top) * (height - 4)
  const stretches: string[] = []
  let stretch: string[] = []
  for (const [index, value] of [...values, null].entries()) {
    if (value !== null) stretch.push(`${x(index).toFixed(1)} ${y(value).toFixed(1)}`)
    else if (stretch.length > 0) {
      stretches.push(stretch.length === 1 ? `M${stretch[0]}h1.5` : `M${stretch.join('L')}`)
      stretch = []
    }
  }
  return (
    <svg
      className={`sparkline ${tone}`}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path d={stretches.join('')} vectorEffect="non-scaling-stroke" />
    </svg>
  )
}
