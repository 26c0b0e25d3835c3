package dev.holdfast.catalog;

import dev.holdfast.testing.PostgresSchema;
import dev.holdfast.testing.RequiresPostgres;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The SQL is portable: migrations, transactions and the look at the format.
 */
@RequiresPostgres
class CatalogOnPostgresTests extends CatalogTests {

	private final PostgresSchema schema;

	CatalogOnPostgresTests(PostgresSchema schema) {
		this.schema = schema;
	}

	@Override
	Catalog open() {
		return PostgresCatalog.open(this.schema);
	}

	@Test
	void shouldTakeNobodyElsesTableForItsFormat() {
		JdbcClient client = JdbcClient.create(this.schema.writers());
		client.sql("CREATE SCHEMA other").update();
		client.sql("CREATE TABLE other.format (extension VARCHAR(3))").update();
		try (Catalog catalog = open()) {
			long required = catalog
				.read((reader) -> reader.sql("SELECT required_features FROM format").query(Long.class).single());
			assertThat(required).isZero();
		}
	}

}
