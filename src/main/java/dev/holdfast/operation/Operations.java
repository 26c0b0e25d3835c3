package dev.holdfast.operation;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

import dev.holdfast.catalog.Catalog;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;

/**
 * Every operation there is, in memory and in the catalog. Together with the
 * {@link Operation}s it gives out it is their only writer. Finished ones are kept for
 * seven days, and no more than 10,000 of each tenant: the oldest are forgotten first.
 */
public final class Operations {

	private static final Duration KEPT = Duration.ofDays(7);

	private static final int KEPT_OF_A_TENANT = 10_000;

	private final Clock clock;

	private final int keptOfATenant;

	private final OperationTable table;

	private final OperationIds ids;

	private final OperationFollowers followers = new OperationFollowers();

	/** By id, which is the order in which they began. */
	private final ConcurrentNavigableMap<UUID, Operation> operations = new ConcurrentSkipListMap<>();

	public Operations(Catalog catalog, Clock clock) {
		this(catalog, clock, KEPT_OF_A_TENANT);
	}

	Operations(Catalog catalog, Clock clock, int keptOfATenant) {
		this.clock = clock;
		this.keptOfATenant = keptOfATenant;
		this.table = new OperationTable(catalog);
		this.ids = new OperationIds(clock);
		for (OperationRow row : this.table.load()) {
			this.ids.seen(row.id());
			this.operations.put(row.id(), new Operation(row, this.table, clock, this.followers));
		}
		List<UUID> old = old(clock.instant());
		this.table.delete(old);
		old.forEach(this.operations::remove);
	}

	/**
	 * Begins one. From here on it is found again after a restart, and whoever resumes its
	 * kind is to go on with it.
	 * @param spec what is to be done
	 * @return for whoever does it
	 */
	public Operation begin(OperationSpec spec) {
		Instant now = this.clock.instant().truncatedTo(ChronoUnit.MILLIS);
		OperationRow begun = new OperationRow(this.ids.next(), spec, now, 0, false, null);
		Operation operation = new Operation(begun, this.table, this.clock, this.followers);
		List<UUID> old = old(now);
		this.table.begin(begun, old);
		old.forEach(this.operations::remove);
		this.operations.put(operation.id(), operation);
		this.followers.started(operation.snapshot());
		return operation;
	}

	/**
	 * Whom to tell what becomes of operations from now on.
	 */
	public void follow(OperationListener listener) {
		this.followers.add(listener);
	}

	private List<UUID> old(Instant now) {
		Instant limit = now.minus(KEPT);
		Map<String, Integer> finished = new HashMap<>();
		List<UUID> old = new ArrayList<>();
		for (OperationSnapshot operation : list()) {
			Instant end = operation.finishedAt();
			if (end == null) {
				continue;
			}
			// The administrators' have no tenant.
			String owner = Objects.requireNonNullElse(operation.tenant(), "");
			if (finished.merge(owner, 1, Integer::sum) > this.keptOfATenant || end.isBefore(limit)) {
				old.add(operation.id());
			}
		}
		return old;
	}

	public Optional<OperationSnapshot> find(UUID id) {
		return Optional.ofNullable(this.operations.get(id)).map(Operation::snapshot);
	}

	/**
	 * All of them.
	 * @return newest first
	 */
	public List<OperationSnapshot> list() {
		return this.operations.descendingMap().values().stream().map(Operation::snapshot).toList();
	}

	/**
	 * What is still to be done: found running at the start, or begun since.
	 * @param kind of operation
	 * @return oldest first
	 */
	public List<Operation> unfinished(String kind) {
		return this.operations.values()
			.stream()
			.filter((operation) -> operation.spec().kind().equals(kind)
					&& operation.snapshot().state() == OperationState.RUNNING)
			.toList();
	}

	/**
	 * Asks for the end of one. One that has finished, or was asked before, stays as it
	 * is.
	 * @param id which
	 * @return what it is now: as a rule still running, for as long as it needs to stop
	 * @throws ProblemException {@link Problem#NOT_FOUND}, or
	 * {@link Problem#NOT_SUPPORTED} if it cannot be cancelled
	 */
	public OperationSnapshot cancel(UUID id) {
		Operation operation = require(id);
		operation.requestCancel();
		return operation.snapshot();
	}

	/**
	 * Forgets one that has finished.
	 * @param id which
	 * @throws ProblemException {@link Problem#NOT_FOUND}, or {@link Problem#IN_USE} while
	 * it runs
	 */
	public void forget(UUID id) {
		if (require(id).snapshot().state() == OperationState.RUNNING) {
			throw new ProblemException(Problem.IN_USE, "The operation is running: wait for its end, or cancel it");
		}
		this.table.delete(List.of(id));
		this.operations.remove(id);
	}

	/**
	 * Forgets all of a tenant, of which nothing is left to work on.
	 * @param tenant whose
	 */
	public void forgetAll(String tenant) {
		List<UUID> all = this.operations.values()
			.stream()
			.filter((operation) -> tenant.equals(operation.spec().tenant()))
			.map(Operation::id)
			.toList();
		this.table.delete(all);
		all.forEach(this.operations::remove);
	}

	private Operation require(UUID id) {
		Operation operation = this.operations.get(id);
		if (operation == null) {
			throw new ProblemException(Problem.NOT_FOUND, "There is no such operation");
		}
		return operation;
	}

}
