/**
 * The HTTP face of the use cases: requests in, answers and problems out. No rules of its
 * own.
 */
@NullMarked
package dev.holdfast.api.rest;

import org.jspecify.annotations.NullMarked;
