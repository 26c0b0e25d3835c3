/**
 * The embedded database: connection, migrations, transactions. What must survive a
 * restart and is not on the devices themselves.
 */
@NullMarked
package dev.holdfast.catalog;

import org.jspecify.annotations.NullMarked;
