/**
 * What the tests share: conditions that say what a test needs of the machine, and real
 * devices to run against.
 */
@NullMarked
package dev.holdfast.testing;

import org.jspecify.annotations.NullMarked;
