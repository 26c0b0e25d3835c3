package dev.holdfast.tenant;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import dev.holdfast.catalog.Catalog;
import dev.holdfast.contract.Precondition;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.contract.ResourceName;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Every tenant there is, in memory and in the catalog. This is their only writer.
 */
public final class Tenants {

	private final Catalog catalog;

	private final Clock clock;

	private final Map<String, Tenant> tenants;

	private final List<TenantListener> listeners = new CopyOnWriteArrayList<>();

	public Tenants(Catalog catalog, Clock clock) {
		this.catalog = catalog;
		this.clock = clock;
		this.tenants = new ConcurrentHashMap<>(catalog.read(Tenants::load));
	}

	/**
	 * Makes a tenant without quotas, or finds the one that is there.
	 * @param name its name
	 * @return the tenant, and whether it was made now
	 * @throws ProblemException {@link Problem#BAD_NAME}
	 */
	public synchronized Creation create(String name) {
		Tenant there = this.tenants.get(name);
		return (there != null) ? new Creation(there, false) : make(name, Quotas.NONE);
	}

	/**
	 * Makes a tenant, or finds that it is there.
	 * @param name its name
	 * @param quotas what it may have
	 * @param demanded of what is there
	 * @return the tenant, and whether it was made now
	 * @throws ProblemException {@link Problem#BAD_NAME}, {@link Problem#ALREADY_EXISTS}
	 * if it has other quotas
	 */
	public synchronized Creation declare(String name, Quotas quotas, Precondition<Tenant> demanded) {
		Tenant there = this.tenants.get(name);
		demanded.check(there);
		if (there == null) {
			return make(name, quotas);
		}
		if (!there.quotas().equals(quotas)) {
			throw new ProblemException(Problem.ALREADY_EXISTS,
					"There is a tenant of this name with other quotas: change them by PATCH, or by PUT with If-Match");
		}
		return new Creation(there, false);
	}

	private Creation make(String name, Quotas quotas) {
		ResourceName.require("tenant", name);
		Tenant made = new Tenant(name, quotas, this.clock.instant().truncatedTo(ChronoUnit.MILLIS));
		this.catalog.write((client) -> insert(client, made));
		this.tenants.put(name, made);
		this.listeners.forEach((listener) -> listener.created(made));
		return new Creation(made, true);
	}

	/**
	 * Gives a tenant other quotas. Less than it has in use is fine: there is no more for
	 * it then.
	 * @param name its name
	 * @param demanded of what is there
	 * @param change from the quotas that it has
	 * @return as it is now
	 * @throws ProblemException {@link Problem#NOT_FOUND}
	 */
	public synchronized Tenant change(String name, Precondition<Tenant> demanded, UnaryOperator<Quotas> change) {
		demanded.check(this.tenants.get(name));
		Tenant there = require(name);
		Tenant changed = new Tenant(name, change.apply(there.quotas()), there.createdAt());
		if (!changed.equals(there)) {
			this.catalog.write((client) -> update(client, changed));
			this.tenants.put(name, changed);
			this.listeners.forEach((listener) -> listener.changed(changed));
		}
		return changed;
	}

	/**
	 * Ends a tenant.
	 * @param name its name
	 * @param demanded of what is there
	 * @param first what goes before it; nothing {@linkplain #within comes} in between
	 * @throws ProblemException {@link Problem#NOT_FOUND}
	 */
	public synchronized void remove(String name, Precondition<Tenant> demanded, Runnable first) {
		demanded.check(this.tenants.get(name));
		Tenant there = require(name);
		first.run();
		this.catalog
			.write((client) -> client.sql("DELETE FROM tenants WHERE name = :name").param("name", name).update());
		this.tenants.remove(name);
		this.listeners.forEach((listener) -> listener.deleted(there));
	}

	/**
	 * Whom to tell what becomes of tenants from now on.
	 */
	public void follow(TenantListener listener) {
		this.listeners.add(listener);
	}

	/**
	 * Does something for a tenant, which is there for as long as that takes.
	 * @param <T> what comes of it
	 * @param name perhaps a tenant's name
	 * @param work what to do
	 * @return what the work returned
	 * @throws ProblemException {@link Problem#NOT_FOUND}
	 */
	public synchronized <T> T within(String name, Function<Tenant, T> work) {
		return work.apply(require(name));
	}

	public Optional<Tenant> find(String name) {
		return Optional.ofNullable(this.tenants.get(name));
	}

	/**
	 * All of them.
	 * @return a snapshot, in no order
	 */
	public Collection<Tenant> list() {
		return List.copyOf(this.tenants.values());
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
		return client.sql(
				"SELECT name, capacity_bytes, registered_bytes, premapped_bytes, buffers, mappings, iops, bytes_per_second, created_at FROM tenants")
			.query(Tenants::tenant)
			.list()
			.stream()
			.collect(Collectors.toMap(Tenant::name, (tenant) -> tenant));
	}

	private static Tenant tenant(ResultSet row, int number) throws SQLException {
		Quotas quotas = new Quotas(quota(row, "capacity_bytes"), quota(row, "registered_bytes"),
				quota(row, "premapped_bytes"), quota(row, "buffers"), quota(row, "mappings"), quota(row, "iops"),
				quota(row, "bytes_per_second"));
		return new Tenant(row.getString("name"), quotas, Instant.ofEpochMilli(row.getLong("created_at")));
	}

	private static @Nullable Long quota(ResultSet row, String column) throws SQLException {
		long value = row.getLong(column);
		return row.wasNull() ? null : value;
	}

	private static int insert(JdbcClient client, Tenant made) {
		return withQuotas(
				client
					.sql("""
							INSERT INTO tenants (name, capacity_bytes, registered_bytes, premapped_bytes, buffers, mappings, iops, bytes_per_second, created_at)
							VALUES (:name, :capacity, :registered, :premapped, :buffers, :mappings, :iops, :rate, :created)
							"""),
				made)
			.param("created", made.createdAt().toEpochMilli())
			.update();
	}

	private static int update(JdbcClient client, Tenant changed) {
		return withQuotas(client.sql("""
				UPDATE tenants SET capacity_bytes = :capacity, registered_bytes = :registered,
				premapped_bytes = :premapped, buffers = :buffers, mappings = :mappings, iops = :iops,
				bytes_per_second = :rate WHERE name = :name
				"""), changed).update();
	}

	private static JdbcClient.StatementSpec withQuotas(JdbcClient.StatementSpec statement, Tenant tenant) {
		Quotas quotas = tenant.quotas();
		return statement.param("name", tenant.name())
			.param("capacity", quotas.capacityBytes())
			.param("registered", quotas.registeredBytes())
			.param("premapped", quotas.premappedBytes())
			.param("buffers", quotas.buffers())
			.param("mappings", quotas.mappings())
			.param("iops", quotas.iops())
			.param("rate", quotas.bytesPerSecond());
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
