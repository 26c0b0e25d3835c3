/**
 * The image, built and run by a real Docker engine.
 */
@NullMarked
package dev.holdfast.docker;

import org.jspecify.annotations.NullMarked;
