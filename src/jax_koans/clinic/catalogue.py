"""Every misconception the clinic knows, with the koan that teaches it and the page about it."""

# Pages of the documentation, below its root.
_ERRORS = "101/errors.html#jax.errors."
_GOTCHAS = "notebooks/Common_Gotchas_in_JAX.html"
_AUTO = "_autosummary/"

# By id: a koan's name and a page; empty where there is none.
CATALOGUE: dict[str, tuple[str, str]] = {
    # Tracers.
    "if-on-tracer": (
        "test_an_if_asks_a_tracer_for_a_value_that_it_does_not_have",
        _ERRORS + "TracerBoolConversionError",
    ),
    "while-on-tracer": (
        "test_a_while_loop_runs_until_its_carry_says_stop",
        _ERRORS + "TracerBoolConversionError",
    ),
    "assert-on-tracer": (
        "test_an_if_asks_a_tracer_for_a_value_that_it_does_not_have",
        _ERRORS + "TracerBoolConversionError",
    ),
    "and-or-not-on-tracer": (
        "test_and_or_not_and_chained_comparisons_hide_an_if",
        _ERRORS + "TracerBoolConversionError",
    ),
    "chained-comparison-on-tracer": (
        "test_and_or_not_and_chained_comparisons_hide_an_if",
        _ERRORS + "TracerBoolConversionError",
    ),
    "in-on-tracer": (
        "test_and_or_not_and_chained_comparisons_hide_an_if",
        _ERRORS + "TracerBoolConversionError",
    ),
    "brackets-around-comparisons": (
        "test_and_or_not_and_chained_comparisons_hide_an_if",
        "",
    ),
    "max-on-tracer": (
        "test_an_if_asks_a_tracer_for_a_value_that_it_does_not_have",
        _ERRORS + "TracerBoolConversionError",
    ),
    "bool-of-tracer": (
        "test_an_if_asks_a_tracer_for_a_value_that_it_does_not_have",
        _ERRORS + "TracerBoolConversionError",
    ),
    "number-of-tracer": (
        "test_a_tracer_has_a_shape_and_a_dtype_but_no_value",
        _ERRORS + "ConcretizationTypeError",
    ),
    "math-on-tracer": (
        "test_a_tracer_has_a_shape_and_a_dtype_but_no_value",
        _ERRORS + "ConcretizationTypeError",
    ),
    "value-of-tracer": (
        "test_a_tracer_has_a_shape_and_a_dtype_but_no_value",
        _ERRORS + "ConcretizationTypeError",
    ),
    "size-from-tracer": (
        "test_a_size_must_be_known_while_tracing",
        _ERRORS + "ConcretizationTypeError",
    ),
    "axis-from-tracer": (
        "test_a_size_must_be_known_while_tracing",
        _ERRORS + "ConcretizationTypeError",
    ),
    "size-depends-on-values": ("test_nonzero_can_be_told_its_size", _GOTCHAS + "#dynamic-shapes"),
    "range-of-tracer": (
        "test_range_refuses_a_traced_number_of_turns",
        _ERRORS + "TracerIntegerConversionError",
    ),
    "list-indexed-by-tracer": (
        "test_a_few_unlike_turns_unroll_and_many_alike_turns_roll",
        _ERRORS + "TracerIntegerConversionError",
    ),
    "int-of-tracer": (
        "test_range_refuses_a_traced_number_of_turns",
        _ERRORS + "TracerIntegerConversionError",
    ),
    "numpy-on-tracer": (
        "test_a_numpy_function_cannot_take_a_tracer",
        _ERRORS + "TracerArrayConversionError",
    ),
    "numpy-array-indexed-by-tracer": (
        "test_a_numpy_function_cannot_take_a_tracer",
        _ERRORS + "TracerArrayConversionError",
    ),
    "tracer-into-numpy": (
        "test_an_at_update_answers_with_a_new_array",
        _ERRORS + "TracerArrayConversionError",
    ),
    "mask-of-tracer": (
        "test_a_boolean_mask_has_no_size_under_jit",
        _ERRORS + "NonConcreteBooleanIndexError",
    ),
    "masked-update": ("test_a_masked_update_is_a_where", _ERRORS + "NonConcreteBooleanIndexError"),
    "slice-with-tracer": (
        "test_a_traced_start_needs_a_dynamic_slice",
        _AUTO + "jax.lax.dynamic_slice.html",
    ),
    "leaked-tracer": (
        "test_a_tracer_is_of_no_use_outside_its_trace",
        _ERRORS + "UnexpectedTracerError",
    ),
    "key-reuse": ("test_a_key_is_split_and_never_used_twice", _ERRORS + "KeyReuseError"),
    "never-called": (
        "test_a_compiled_function_gives_the_same_answer_from_one_trace",
        "201/jit.html",
    ),
    "bare-shape": (
        "test_eval_shape_foretells_a_result_without_computing_it",
        _AUTO + "jax.eval_shape.html",
    ),
    "debug-print-format": (
        "test_a_print_of_values_must_be_part_of_the_program",
        "201/debugging.html",
    ),
    "format-of-tracer": (
        "test_a_print_of_values_must_be_part_of_the_program",
        "201/debugging.html",
    ),
    "scalar-has-no-length": ("test_a_tracer_has_a_shape_and_a_dtype_but_no_value", ""),
    "jax-type-error": (
        "test_a_tracer_has_a_shape_and_a_dtype_but_no_value",
        _ERRORS + "JAXTypeError",
    ),
    "jax-index-error": ("test_a_boolean_mask_has_no_size_under_jit", _ERRORS + "JAXIndexError"),
    "symbolic-size-unknown": ("", _ERRORS + "InconclusiveDimensionOperation"),
    "jaxpr-breaks-its-rules": (
        "test_a_jaxpr_lists_the_operations_in_order",
        _ERRORS + "JaxprTypeError",
    ),
    # The runtime and its guards.
    "debug-nans": ("test_debug_nans_stops_where_a_nan_is_made", "201/debugging.html"),
    "donated-buffer": ("test_a_donated_buffer_is_gone", "201/jit.html#jax-201-buffer-donation"),
    "no-tracing": ("test_no_tracing_refuses_every_new_trace", "201/jit.html"),
    "guarded-transfer": (
        "test_transfer_guard_stops_a_transfer_that_nobody_asked_for",
        "501/transfer-guard.html",
    ),
    "too-much-memory": ("test_a_map_in_groups_bounds_the_memory", "201/gpu-memory.html"),
    "callback-raised": (
        "test_a_numpy_function_can_be_called_from_compiled_code",
        "201/callbacks.html",
    ),
    "runtime-refused": ("", _ERRORS + "JaxRuntimeError"),
    "two-devices": (
        "test_arrays_committed_to_two_devices_do_not_meet",
        "faq.html#faq-data-placement",
    ),
    "no-place": ("test_device_put_commits_an_array_to_a_device", _AUTO + "jax.device_put.html"),
    "sharding-arguments": (
        "test_a_sharded_array_is_one_array_and_the_work_follows_its_pieces",
        "201/sharding.html",
    ),
    "sharding-does-not-fit": (
        "test_a_sharded_array_is_one_array_and_the_work_follows_its_pieces",
        "201/sharding.html",
    ),
    "out-specs-of-pieces": (
        "test_shard_map_shows_each_device_its_piece_and_psum_adds_over_them",
        "notebooks/shard_map.html",
    ),
    "result-not-an-array": ("", ""),
    "attribute-of-an-array": ("test_a_jax_array_refuses_item_assignment", ""),
    "turns-of-a-loop": ("", ""),
    "element-by-element": ("", ""),
    "mesh-axis-unknown": (
        "test_shard_map_shows_each_device_its_piece_and_psum_adds_over_them",
        "201/sharding.html",
    ),
    "int-too-large": ("test_int32_wraps_around_in_silence", "101/default_dtypes.html"),
    "python-overflow": ("", ""),
    "python-division": ("", ""),
    "python-index-outside": ("test_past_the_end_a_read_clamps_and_a_write_is_dropped", _GOTCHAS),
    "endless-recursion": ("", ""),
    "endless-compiled-loop": (
        "test_a_while_loop_runs_until_its_carry_says_stop",
        _AUTO + "jax.lax.while_loop.html",
    ),
    # Loops and branches of lax.
    "loop-argument-order": (
        "test_a_loop_body_is_called_by_position_not_by_name",
        "201/control-flow.html",
    ),
    "loop-function-arity": (
        "test_a_loop_body_is_called_by_position_not_by_name",
        "201/control-flow.html",
    ),
    "scan-body-pair": ("test_the_body_of_a_scan_answers_with_a_pair", _AUTO + "jax.lax.scan.html"),
    "cond-on-array": (
        "test_where_chooses_elementwise_what_an_if_cannot",
        _AUTO + "jax.lax.cond.html",
    ),
    "nothing-recorded": (
        "test_scan_stacks_what_a_loop_would_append",
        _AUTO + "jax.lax.scan.html",
    ),
    "scan-length": ("test_scan_stacks_what_a_loop_would_append", _AUTO + "jax.lax.scan.html"),
    "carry-type": ("test_the_carry_keeps_one_type_from_start_to_end", "201/control-flow.html"),
    "branches-differ": ("test_both_branches_answer_with_one_type", _AUTO + "jax.lax.cond.html"),
    # jit, vmap, grad.
    "called-too-early": ("test_jit_wants_the_function_and_not_its_result", "201/jit.html"),
    "not-an-array-argument": ("test_a_function_as_an_argument_is_static", "201/jit.html"),
    "jit-on-method": (
        "test_a_method_compiles_the_function_and_leaves_self_outside",
        "faq.html#how-to-use-jit-with-methods",
    ),
    "compiled-for-one-type": (
        "test_a_program_compiled_ahead_of_time_takes_one_shape",
        "201/aot.html",
    ),
    "lower-arguments": (
        "test_a_program_compiled_ahead_of_time_takes_one_shape",
        "201/aot.html",
    ),
    "unhashable-static": ("test_a_static_argument_must_hash", "201/jit.html"),
    "tracer-as-static": ("test_a_static_array_is_no_way_out", "201/jit.html"),
    "unknown-static-name": (
        "test_a_static_size_is_a_plain_number_while_jit_traces",
        "201/jit.html",
    ),
    "in-axes-kind": ("test_the_entries_of_in_axes_are_axis_numbers", _AUTO + "jax.vmap.html"),
    "in-axes-length": ("test_in_axes_says_which_arguments_are_shared", _AUTO + "jax.vmap.html"),
    "nothing-to-map": ("test_in_axes_says_which_arguments_are_shared", _AUTO + "jax.vmap.html"),
    "vmap-over-missing-axis": (
        "test_in_axes_says_which_arguments_are_shared",
        _AUTO + "jax.vmap.html",
    ),
    "batch-sizes-differ": ("test_in_axes_says_which_arguments_are_shared", _AUTO + "jax.vmap.html"),
    "vmap-keyword-mapped": (
        "test_in_axes_does_not_reach_arguments_given_by_name",
        _AUTO + "jax.vmap.html",
    ),
    "vectorize-signature": (
        "test_a_signature_keeps_axes_for_the_function",
        _AUTO + "jax.numpy.vectorize.html",
    ),
    "vmap-axes": ("test_in_axes_says_which_arguments_are_shared", _AUTO + "jax.vmap.html"),
    "reverse-mode-of-while": (
        "test_a_while_loop_has_no_reverse_mode",
        _AUTO + "jax.lax.while_loop.html",
    ),
    "grad-of-int": ("test_grad_refuses_integers", _AUTO + "jax.grad.html"),
    "grad-of-non-scalar": (
        "test_grad_wants_one_number_out_whatever_goes_in",
        _AUTO + "jax.grad.html",
    ),
    "grad-of-complex": (
        "test_a_holomorphic_function_has_one_complex_derivative",
        _AUTO + "jax.grad.html",
    ),
    "argnums-outside": ("test_argnums_says_by_which_argument", _AUTO + "jax.grad.html"),
    "aux-without-pair": (
        "test_has_aux_brings_along_what_was_computed_on_the_way",
        _AUTO + "jax.grad.html",
    ),
    "grad-of-tuple": (
        "test_has_aux_brings_along_what_was_computed_on_the_way",
        _AUTO + "jax.grad.html",
    ),
    "derivative-by-a-wrong-rule": (
        "test_a_rule_of_your_own_is_believed_unless_it_is_checked",
        "301/custom-derivatives.html",
    ),
    "jvp-arguments": (
        "test_jvp_pushes_one_direction_through_a_function",
        _AUTO + "jax.jvp.html",
    ),
    "vjp-arguments": (
        "test_vjp_pulls_one_weighting_back_through_a_function",
        _AUTO + "jax.vjp.html",
    ),
    "vjp-weights": (
        "test_vjp_pulls_one_weighting_back_through_a_function",
        _AUTO + "jax.vjp.html",
    ),
    "tree-map-arguments": (
        "test_tree_map_updates_every_leaf_and_keeps_the_nesting",
        "101/pytrees.html",
    ),
    "tree-map-leaf": (
        "test_leaves_come_in_one_order_and_none_is_not_a_leaf",
        "101/pytrees.html",
    ),
    "tree-for-array": (
        "test_tree_map_updates_every_leaf_and_keeps_the_nesting",
        "101/pytrees.html",
    ),
    "is-leaf-kind": ("test_is_leaf_keeps_a_tuple_in_one_piece", "101/pytrees.html"),
    "list-looked-up-by-name": ("", ""),
    "register-dataclass": (
        "test_a_registered_dataclass_is_a_tree_with_named_leaves",
        _AUTO + "jax.tree_util.register_dataclass.html",
    ),
    "leaves-of-a-tree": (
        "test_leaves_come_in_one_order_and_none_is_not_a_leaf",
        "101/pytrees.html",
    ),
    "tree-structures-differ": (
        "test_trees_that_are_mapped_together_have_one_structure",
        "101/pytrees.html",
    ),
    # Arrays.
    "item-assignment": (
        "test_a_jax_array_refuses_item_assignment",
        _AUTO + "jax.numpy.ndarray.at.html",
    ),
    "misused-at": (
        "test_an_at_update_answers_with_a_new_array",
        _AUTO + "jax.numpy.ndarray.at.html",
    ),
    "read-only-numpy-view": ("test_numpy_takes_a_jax_array_but_may_not_write_to_it", _GOTCHAS),
    "dropped-update": (
        "test_an_at_update_answers_with_a_new_array",
        _AUTO + "jax.numpy.ndarray.at.html",
    ),
    "dropped-result": ("test_an_at_update_answers_with_a_new_array", _GOTCHAS),
    "dropped-function": (
        "test_jit_compiles_a_function_and_leaves_its_answer_alone",
        "201/jit.html",
    ),
    "context-not-entered": ("", ""),
    "list-for-array": (
        "test_most_jnp_functions_refuse_a_list",
        _GOTCHAS + "#non-array-inputs-numpy-vs-jax",
    ),
    "string-for-array": (
        "test_most_jnp_functions_refuse_a_list",
        _GOTCHAS + "#non-array-inputs-numpy-vs-jax",
    ),
    "none-for-array": ("", ""),
    "arrays-not-in-a-list": ("", ""),
    "shape-in-pieces": ("", ""),
    "ragged-list": ("test_ragged_data_is_padded_and_masked", ""),
    "pad-width": ("test_ragged_data_is_padded_and_masked", ""),
    "axis-outside": ("", ""),
    "starts-and-sizes": (
        "test_a_traced_start_needs_a_dynamic_slice",
        _AUTO + "jax.lax.dynamic_slice.html",
    ),
    "list-as-index": (
        "test_most_jnp_functions_refuse_a_list",
        _GOTCHAS + "#non-array-inputs-numpy-vs-jax",
    ),
    "index-kind": ("", ""),
    "too-many-indices": ("", ""),
    "shapes-do-not-broadcast": ("test_shapes_are_for_python_and_values_for_jax", ""),
    "shapes-do-not-join": ("", ""),
    "inner-axes-differ": ("", ""),
    "solve-arguments": ("test_a_linear_system_is_solved_not_inverted", ""),
    "reshape-size": ("", ""),
    "truth-of-array": ("test_and_or_not_and_chained_comparisons_hide_an_if", ""),
    "number-of-array": ("", ""),
    "float-for-range": ("", ""),
    "array-not-hashable": ("test_a_static_argument_must_hash", ""),
    "unknown-dtype": ("", "101/default_dtypes.html"),
    "unknown-attribute": ("", ""),
    "unknown-array-attribute": ("test_jnp_has_the_functions_of_np", "jax.numpy.html"),
    "key-expected": ("test_a_key_refuses_arithmetic", "101/random.html"),
    "several-keys": ("test_a_batch_needs_a_batch_of_keys", "101/random.html"),
    "key-arithmetic": ("test_a_key_refuses_arithmetic", "101/random.html"),
    "numpy-for-jax-array": ("test_jnp_answers_with_a_jax_array", ""),
    "python-value-for-array": ("test_jnp_answers_with_a_jax_array", ""),
    "stand-in-for-array": (
        "test_eval_shape_foretells_a_result_without_computing_it",
        _AUTO + "jax.eval_shape.html",
    ),
    "pair-for-value": ("test_the_body_of_a_scan_answers_with_a_pair", ""),
    # Names, and plain Python.
    "unknown-keyword": ("", ""),
    "unknown-name-in-module": ("", ""),
    "gone-name": ("", "changelog.html"),
    "missing-module": ("", ""),
    "undefined-name": ("", ""),
    "local-before-assignment": ("", ""),
    "forgotten-return": ("", ""),
    "none-for-value": ("", ""),
    "function-for-value": ("test_grad_answers_with_the_derivative_as_a_function", ""),
    "value-called": ("", ""),
    "wrong-number-of-arguments": ("", ""),
    "unpacked-other-number": ("test_the_body_of_a_scan_answers_with_a_pair", ""),
    # Answers: classes, dtypes, texts.
    "placeholder-answer": ("", ""),
    "module-for-value": ("", ""),
    "object-for-value": ("", ""),
    "instance-for-class": ("", ""),
    "string-for-value": ("", ""),
    "value-for-string": ("", ""),
    "value-for-class": ("", ""),
    "value-for-dtype": ("", ""),
    "value-for-bool": ("", ""),
    "value-for-number": ("", ""),
    "value-for-shape": ("", ""),
    "other-class": ("test_jnp_answers_with_a_jax_array", ""),
    "base-class-of-error": ("", "101/errors.html"),
    "subclass-of-error": ("", "101/errors.html"),
    "other-error-class": ("", "101/errors.html"),
    "other-kind-of-dtype": (
        "test_a_python_number_is_weak_and_a_numpy_number_is_strong",
        "101/type_promotion.html",
    ),
    "precision-too-wide": ("test_numbers_have_32_bits_unless_x64_is_on", "101/default_dtypes.html"),
    "precision-too-narrow": (
        "test_numbers_have_32_bits_unless_x64_is_on",
        "101/default_dtypes.html",
    ),
    "other-way-round": ("", ""),
    "nan-found": (
        "test_where_differentiates_the_branch_it_does_not_choose",
        "faq.html#gradients-contain-nan-where-using-where",
    ),
    "type-text": ("", ""),
    "other-dtype-in-type": (
        "test_numbers_have_32_bits_unless_x64_is_on",
        "101/default_dtypes.html",
    ),
    "axes-in-type": ("", "201/sharding.html"),
    "sharding-in-type": (
        "test_a_sharded_array_is_one_array_and_the_work_follows_its_pieces",
        "201/sharding.html",
    ),
    "donated-or-not": ("test_a_donated_buffer_is_gone", "201/jit.html#jax-201-buffer-donation"),
    "device-of-result": (
        "test_work_is_done_where_the_committed_array_lies",
        "faq.html#faq-data-placement",
    ),
    "committed-or-not": (
        "test_work_is_done_where_the_committed_array_lies",
        "faq.html#faq-data-placement",
    ),
    # Answers: shapes.
    "number-for-shape": ("", ""),
    "list-for-shape": ("", ""),
    "axes-in-other-order": ("test_out_axes_says_where_the_batch_comes_out", ""),
    "axis-of-length-one": ("", ""),
    "axis-too-many": ("", ""),
    "axis-missing": ("", ""),
    "same-size-other-shape": ("", ""),
    "broadcast-axis": ("", ""),
    "axis-off-by-one": ("", ""),
    "other-length": ("", ""),
    # Answers: counts and programs.
    "fewer-traces": (
        "test_a_new_shape_or_dtype_is_traced_again_and_a_new_value_is_not",
        "201/jit.html",
    ),
    "more-traces": (
        "test_a_new_shape_or_dtype_is_traced_again_and_a_new_value_is_not",
        "201/jit.html",
    ),
    "retraced": (
        "test_a_new_shape_or_dtype_is_traced_again_and_a_new_value_is_not",
        "201/jit.html",
    ),
    "fewer-runs": ("test_cond_traces_both_branches_and_runs_one", _AUTO + "jax.lax.cond.html"),
    "more-runs": ("test_cond_traces_both_branches_and_runs_one", _AUTO + "jax.lax.cond.html"),
    "print-while-tracing": (
        "test_print_speaks_while_jit_traces_and_is_silent_after",
        "201/debugging.html",
    ),
    "parts-of-a-jaxpr": ("test_a_jaxpr_lists_the_operations_in_order", "jaxpr.html"),
    "program-grows-less": ("test_a_python_loop_unrolls_into_the_trace", "201/control-flow.html"),
    "program-grows-more": (
        "test_a_compiled_loop_keeps_one_copy_of_its_body",
        "201/control-flow.html",
    ),
    "intermediate-size": (
        "test_forward_mode_pushes_each_input_and_reverse_mode_pulls_each_output",
        "",
    ),
    "name-without-its-container": ("", ""),
    "dict-for-set": ("", ""),
    "other-container": ("", ""),
    "names-in-other-order": ("test_a_jaxpr_lists_the_operations_in_order", "jaxpr.html"),
    "names-in-other-number": (
        "test_vmap_keeps_the_operations_and_widens_their_shapes",
        "jaxpr.html",
    ),
    "names-too-many": ("", ""),
    "names-exchanged": ("", ""),
    "names-missing": ("", ""),
    "cond-or-select": (
        "test_a_cond_with_a_choice_for_each_lane_runs_both_branches",
        _AUTO + "jax.lax.cond.html",
    ),
    "scan-or-while": ("test_a_compiled_loop_keeps_one_copy_of_its_body", "201/control-flow.html"),
    "primitives-surplus": ("test_a_side_effect_is_not_recorded", "jaxpr.html"),
    "primitives-missing": ("test_a_jaxpr_lists_the_operations_in_order", "jaxpr.html"),
    "primitive-named-otherwise": ("test_a_jaxpr_lists_the_operations_in_order", "jaxpr.html"),
    # Answers: numbers.
    "float-as-size": ("test_shapes_are_for_python_and_values_for_jax", ""),
    "what-grows": ("test_a_program_of_vmap_does_not_grow_with_the_batch", "jaxpr.html"),
    "updated-elements": (
        "test_at_takes_slices_masks_and_index_arrays",
        _AUTO + "jax.numpy.ndarray.at.html",
    ),
    "minus-overlooked": ("", ""),
    "step-left-out": ("", ""),
    "not-pure": ("test_a_side_effect_is_not_recorded", "201/jit.html"),
    "compiled-call-repeated": ("test_a_side_effect_is_not_recorded", "201/jit.html"),
    "whole-array": ("test_vmap_gives_every_row_to_a_function_of_one_row", _AUTO + "jax.vmap.html"),
    "fraction-lost": ("", ""),
    "nan-wanted": ("test_mode_fill_shows_a_read_outside", _AUTO + "jax.numpy.ndarray.at.html"),
    "one-for-many": ("", ""),
    "many-for-one": ("", ""),
    "value-of-another-name": ("test_an_at_update_answers_with_a_new_array", ""),
    "value-before-the-operation": ("test_an_at_update_answers_with_a_new_array", ""),
    "numpy-shares-memory": ("test_numpy_takes_a_jax_array_but_may_not_write_to_it", ""),
    "aliased-name": ("test_a_jax_array_refuses_item_assignment", ""),
    "lost-digits": (
        "test_float32_cannot_hold_a_small_step_on_a_large_number",
        "101/default_dtypes.html",
    ),
    "nesting": ("", ""),
    "transposed": ("test_a_jacobian_has_a_row_for_each_output_and_a_column_for_each_input", ""),
    "other-number-of-elements": ("", ""),
    "elements-in-other-order": ("", ""),
    "running-total": ("test_scan_stacks_what_a_loop_would_append", ""),
    "some-elements": ("", ""),
    "nan-equals-nothing": ("", ""),
    "nan-in-result": (
        "test_where_differentiates_the_branch_it_does_not_choose",
        "faq.html#gradients-contain-nan-where-using-where",
    ),
    "sign-turned": ("", ""),
    "value-for-sign": ("", ""),
    "infinity": ("", ""),
    "int-wraps": ("test_int32_wraps_around_in_silence", "101/default_dtypes.html"),
    "nearly": ("test_float32_cannot_hold_a_small_step_on_a_large_number", ""),
    "zero-found": ("", ""),
    "zero-said": ("", ""),
    "turned-upside-down": ("", ""),
    "factor-of-two": ("", ""),
    "off-by-one": ("", ""),
    "squared": ("", ""),
    "whole-factor": ("", ""),
    "power-of-ten": ("test_a_smaller_step_is_better_only_down_to_a_point", ""),
    "sign-and-size": ("", ""),
    "index-outside": (
        "test_past_the_end_a_read_clamps_and_a_write_is_dropped",
        _AUTO + "jax.numpy.ndarray.at.html",
    ),
    "derivative-value": (
        "test_grad_answers_with_the_derivative_as_a_function",
        _AUTO + "jax.grad.html",
    ),
    "compiled-value": ("test_jit_compiles_a_function_and_leaves_its_answer_alone", "201/jit.html"),
    "slice-that-fits": (
        "test_a_dynamic_slice_moves_its_start_until_it_fits",
        _AUTO + "jax.lax.dynamic_slice.html",
    ),
    "mapped-value": ("test_vmap_gives_every_row_to_a_function_of_one_row", _AUTO + "jax.vmap.html"),
    "updated-value": (
        "test_an_at_update_answers_with_a_new_array",
        _AUTO + "jax.numpy.ndarray.at.html",
    ),
}
