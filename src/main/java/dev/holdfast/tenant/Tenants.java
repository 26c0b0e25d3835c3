package dev.holdfast.tenant;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import dev.holdfast.catalog.Catalog;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.contract.ResourceName;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Every tenant there is, in memory and in the catalog. This is their only writer.
 */
public final class Tenants {

	private final Catalog catalog;

	private final Clock clock;

	private final Map<String, Tenant> tenants;

	public Tenants(Catalog catalog, Clock clock) {
		this.catalog = catalog;
		this.clock = clock;
		this.tenants = new ConcurrentHashMap<>(catalog.read(Tenants::load));
	}

	/**
	 * Makes a tenant, or finds that it is there.
	 * @param name its name
	 * @return the tenant, and whether it was made now
	 * @throws ProblemException {@link Problem#BAD_NAME}
	 */
	public synchronized Creation create(String name) {
		ResourceName.require("tenant", name);
		Tenant there = this.tenants.get(name);
		if (there != null) {
			return new Creation(there, false);
		}
		Tenant made = new Tenant(name, this.clock.instant().truncatedTo(ChronoUnit.MILLIS));
		this.catalog.write((client) -> insert(client, made));
		this.tenants.put(name, made);
		return new Creation(made, true);
	}

	public Optional<Tenant> find(String name) {
		return Optional.ofNullable(this.tenants.get(name));
	}

	/**
	 * Refuses a name that is no tenant's.
	 * @param name perhaps a tenant's name
	 * @return the tenant
	 * @throws ProblemException {@link Problem#NOT_FOUND}
	 */
	public Tenant require(String name) {
		return find(name).orElseThrow(Identity::notFound);
	}

	private static Map<String, Tenant> load(JdbcClient client) {
		return client.sql("SELECT name, created_at FROM tenants")
			.query((row, number) -> new Tenant(row.getString("name"), Instant.ofEpochMilli(row.getLong("created_at"))))
			.list()
			.stream()
			.collect(Collectors.toMap(Tenant::name, (tenant) -> tenant));
	}

	private static int insert(JdbcClient client, Tenant made) {
		return client.sql("INSERT INTO tenants (name, created_at) VALUES (:name, :created)")
			.param("name", made.name())
			.param("created", made.createdAt().toEpochMilli())
			.update();
	}

	/**
	 * The answer to a declaration.
	 *
	 * @param tenant what is there now
	 * @param created whether it was made by this call
	 */
	public record Creation(Tenant tenant, boolean created) {

	}

}
