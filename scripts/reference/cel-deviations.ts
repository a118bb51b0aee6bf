/** Where what is computed differs from google/cel-spec, and why. The reference is made of it, and a test holds it. */
export interface Deviation {
  readonly reason: string
  /** An expression, and what it gives here; undefined where it fails, or is refused. */
  readonly example: readonly [expression: string, value: string | undefined]
  /** The tests of the specification that do not pass for it: file, section and name. */
  readonly tests: readonly string[]
}

export const deviations: readonly Deviation[] = [
  {
    reason: 'No number of JSON is NaN or infinite. What would be one fails.',
    example: ['1.5 / 0.0', undefined],
    tests: [
      'comparisons/eq_literal/not_eq_double_nan',
      'comparisons/eq_literal/not_eq_int_double_nan',
      'comparisons/eq_literal/not_eq_uint_double_nan',
      'comparisons/ne_literal/not_ne_double_nan',
      'comparisons/ne_literal/not_ne_int_double_nan',
      'comparisons/ne_literal/not_ne_uint_double_nan',
      'comparisons/ne_literal/ne_double_nan',
      'fp_math/fp_math/divide_zero',
      'fp_math/fp_math/fp_overflow_positive',
      'fp_math/fp_math/fp_overflow_negative',
      'math_ext/round/nan',
      'math_ext/trunc/nan',
      'math_ext/isNaN/true',
      'math_ext/isNaN/false',
      'math_ext/isInf/true',
      'math_ext/isInf/false',
      'math_ext/isFinite/false_nan',
      'math_ext/isFinite/false_inf',
      'string_ext/format/NaN support for scientific notation',
      'string_ext/format/positive infinity support for scientific notation',
      'string_ext/format/negative infinity support for scientific notation',
      'string_ext/format/NaN support for decimal',
      'string_ext/format/positive infinity support for decimal',
      'string_ext/format/negative infinity support for decimal',
      'string_ext/format/NaN support for fixed-point',
      'string_ext/format/positive infinity support for fixed-point',
      'string_ext/format/negative infinity support for fixed-point',
      'string_ext/format/map support (all key types)',
      'string_ext/format/dyntype NaN/infinity support',
    ],
  },
  {
    reason: 'Whole numbers have as many digits as they came with: there are no 64 bits to leave and no unsigned type.',
    example: ['9223372036854775807 + 1', '9223372036854775808'],
    tests: [
      'conversions/int/uint_range',
      'conversions/int/double_int_max_range',
      'conversions/int/double_int_min_range',
      'conversions/int/double_range',
      'conversions/uint/double_uint_max_range',
      'conversions/uint/double_range_beyond_uint',
      'integer_math/int64_math/unary_minus_no_overload',
      'integer_math/int64_math/int64_overflow_positive',
      'integer_math/int64_math/int64_overflow_negative',
      'integer_math/int64_math/int64_overflow_add_negative',
      'integer_math/int64_math/int64_overflow_sub_positive',
      'integer_math/int64_math/int64_min_negate',
      'integer_math/int64_math/int64_min_negate_mul',
      'integer_math/int64_math/int64_min_negate_div',
      'integer_math/int64_math/int64_overflow_mul_positive',
      'integer_math/int64_math/int64_overflow_mul_negative',
      'integer_math/int64_math/uint64_overflow_positive',
      'integer_math/int64_math/uint64_overflow_negative',
      'integer_math/int64_math/uint64_overflow_mul_positive',
      'integer_math/uint64_math/negative_no_overload',
      'math_ext/abs/int_overflow',
      'math_ext/bit_not/uint_positive',
      'math_ext/bit_not/uint_zero',
    ],
  },
  {
    reason: 'Numbers are compared by their value, exactly; the specification rounds a whole one to a double first.',
    example: ['dyn(9223372036854775807) < 9223372036854775808.0', 'true'],
    tests: [
      'comparisons/lt_literal/not_lt_dyn_int_big_lossy_double',
      'comparisons/gt_literal/not_gt_dyn_big_double_int',
      'comparisons/lte_literal/lte_dyn_big_double_int',
      'comparisons/gte_literal/gte_dyn_int_big_lossy_double',
    ],
  },
  {
    reason: 'A number that is whole is one, however it is written: JSON has no type for each.',
    example: ['math.ceil(dyn(1)) + 47.5 % 5.5', '4.5'],
    tests: [
      'fp_math/fp_math/mod_not_support',
      'math_ext/ceil/dyn_error',
      'math_ext/floor/dyn_error',
      'math_ext/round/dyn_error',
      'math_ext/trunc/dyn_error',
    ],
  },
  {
    reason: 'Types that are known are checked when the file is loaded, also on a side that would not be evaluated.',
    example: ['false && 32', undefined],
    tests: [
      'logic/AND/short_circuit_type_left',
      'logic/AND/short_circuit_type_right',
      'logic/OR/short_circuit_type_left',
      'logic/OR/short_circuit_type_right',
    ],
  },
  {
    reason: 'A member of what is no object is absent, of null too: services send null for what is not there.',
    example: ["{'a': dyn(null)}.?a.b.hasValue()", 'false'],
    tests: ['optionals/optionals/map_null_entry_no_such_key', 'optionals/optionals/map_present_key_invalid_field'],
  },
  {
    reason: 'An optional is no value: it is opened, or left out by `?`, before it stands in a list or an object.',
    example: ['[optional.of(1)]', undefined],
    tests: [
      'optionals/optionals/map_optional_has',
      'optionals/optionals/map_optional_select_has',
      'type_deduction/flexible_type_parameter_assignment/optional_none',
      'type_deduction/flexible_type_parameter_assignment/optional_none_2',
      'type_deduction/flexible_type_parameter_assignment/optional_dyn_promotion',
      'type_deduction/flexible_type_parameter_assignment/optional_dyn_promotion_2',
      'type_deduction/legacy_nullable_types/null_assignable_to_abstract_parameter_candidate',
    ],
  },
  {
    reason: 'A color and a color inside of its name cannot both be declared, so the longest name is never asked for.',
    example: ["{'a': {'b': 1}}.a.b", '1'],
    tests: [
      'fields/qualified_identifier_resolution/qualified_identifier_resolution_unchecked',
      'fields/qualified_identifier_resolution/ident_with_longest_prefix_check',
    ],
  },
  {
    reason: 'A regular expression is refused unless it is proved to take linear time.',
    example: ["'aaa'.matches('a+b+a+')", undefined],
    tests: ['string/matches/unicode'],
  },
]
