package dev.holdfast.buffer;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

import dev.holdfast.catalog.Catalog;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Declarations of buffers in the catalog.
 */
final class BufferTable {

	private final Catalog catalog;

	BufferTable(Catalog catalog) {
		this.catalog = catalog;
	}

	List<BufferDeclaration> load() {
		return this.catalog.read((client) -> client.sql(
				"SELECT tenant, name, uuid, size_bytes, pages, created_at FROM buffers ORDER BY created_at, tenant, name")
			.query((row, number) -> new BufferDeclaration(new BufferKey(row.getString("tenant"), row.getString("name")),
					UUID.fromString(row.getString("uuid")),
					new BufferSpec(row.getLong("size_bytes"), Pages.of(row.getString("pages"))),
					Instant.ofEpochMilli(row.getLong("created_at"))))
			.list());
	}

	void insert(BufferDeclaration declaration) {
		this.catalog.write((client) -> insert(client, declaration));
	}

	private static int insert(JdbcClient client, BufferDeclaration declaration) {
		return client
			.sql("INSERT INTO buffers (uuid, tenant, name, size_bytes, pages, created_at) "
					+ "VALUES (:uuid, :tenant, :name, :size, :pages, :created)")
			.param("uuid", declaration.uuid().toString())
			.param("tenant", declaration.key().tenant())
			.param("name", declaration.key().name())
			.param("size", declaration.spec().sizeBytes())
			.param("pages", declaration.spec().pages().label())
			.param("created", declaration.createdAt().toEpochMilli())
			.update();
	}

	void delete(UUID buffer) {
		this.catalog.write((client) -> client.sql("DELETE FROM buffers WHERE uuid = :uuid")
			.param("uuid", buffer.toString())
			.update());
	}

}
