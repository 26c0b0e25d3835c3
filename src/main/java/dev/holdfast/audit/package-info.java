/**
 * Who administered what, and with what result.
 */
@NullMarked
package dev.holdfast.audit;

import org.jspecify.annotations.NullMarked;
