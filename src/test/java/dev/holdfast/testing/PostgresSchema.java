package dev.holdfast.testing;

import javax.sql.DataSource;

/**
 * An empty schema on a PostgreSQL server, that one test has for itself.
 *
 * @param writers where anything can be changed
 * @param readers where nothing can
 */
public record PostgresSchema(DataSource writers, DataSource readers) {

}
