/**
 * Block devices and files standing in for them: opened once, identified by a label of our
 * own, which also holds the volumes and the states of the extents. Knows of volumes only
 * what the label says of them.
 */
@NullMarked
package dev.holdfast.device;

import org.jspecify.annotations.NullMarked;
