/**
 * What every layer and both faces agree on: the names of what can go wrong, sizes, names
 * of resources. Depends on nothing.
 */
@NullMarked
package dev.holdfast.contract;

import org.jspecify.annotations.NullMarked;
