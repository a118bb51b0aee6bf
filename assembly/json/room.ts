/** Pages of 64 KiB that memory grows by at least: a megabyte. */
const LEAST_PAGES: usize = 16

/** Where memory ends. */
export function endOfMemory(): usize {
  return (<usize>memory.size()) << 16
}

/** Makes memory reach to `end`; false when there is no more. */
export function makeRoom(end: usize): bool {
  const size = endOfMemory()
  if (end <= size) return true
  const pages = (end - size + 0xffff) >> 16
  return memory.grow(<i32>max(pages, LEAST_PAGES)) >= 0 || memory.grow(<i32>pages) >= 0
}
