/**
 * The application: {@code main} and nothing else. What it starts is in the packages
 * below.
 */
@NullMarked
package dev.holdfast;

import org.jspecify.annotations.NullMarked;
