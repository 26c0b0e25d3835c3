/**
 * Long work with progress, that is found again after a restart by whoever resumes it.
 */
@NullMarked
package dev.holdfast.operation;

import org.jspecify.annotations.NullMarked;
