import { useSyncExternalStore } from 'react'

/** As `style/views.css` has it. */
const narrow = matchMedia('(max-width: 900px)')

export function useIsNarrow(): boolean {
  return useSyncExternalStore(
    (listener) => {
      narrow.addEventListener('change', listener)
      return () => narrow.removeEventListener('change', listener)
    },
    () => narrow.matches,
  )
}
