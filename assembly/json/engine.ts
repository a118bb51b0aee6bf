/** JSON as bytes: indexed, found in and written, all in memory that src/json lays out. docs/adr/0015 tells why. */
export { find } from './find'
export { index, rareNumbers } from './index-text'
export { write } from './write'
