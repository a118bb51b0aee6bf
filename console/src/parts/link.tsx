import type { ReactNode } from 'react'
import { go } from '../location.ts'

interface LinkProps {
  readonly to: string
  readonly children: ReactNode
  readonly className?: string
  readonly current?: boolean
  /** For who does not see what it shows. */
  readonly label?: string
}

/** A link within the console: a click changes the view, everything else that people do with links stays theirs. */
export function Link({ to, children, className, current, label }: LinkProps) {
  return (
    <a
      href={to}
      className={className}
      aria-label={label}
      title={label}
      aria-current={current ? 'page' : undefined}
      onClick={(event) => {
        if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return
        event.preventDefault()
        go(to)
      }}
    >
      {children}
    </a>
  )
}
