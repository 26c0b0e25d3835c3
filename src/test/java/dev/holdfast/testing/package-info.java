/**
 * What the tests share: conditions that say what a test needs of the machine, real
 * devices to run against, and what a refusal is.
 */
@NullMarked
package dev.holdfast.testing;

import org.jspecify.annotations.NullMarked;
