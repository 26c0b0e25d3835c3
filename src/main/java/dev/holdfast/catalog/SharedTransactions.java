package dev.holdfast.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Changes that wait for the catalog share the next transaction, so that thousands made at
 * the same time do not wait for as many. They are made in the order of their arrival; if
 * one of them fails, so do the others of its transaction.
 */
public final class SharedTransactions {

	private final Catalog catalog;

	private final Object joining = new Object();

	/** What the next transaction will hold; {@code null} if none is asked for. */
	private @Nullable Batch gathering;

	public SharedTransactions(Catalog catalog) {
		this.catalog = catalog;
	}

	/**
	 * Changes something. Waits until it is durable.
	 * @param change what to do, on the thread that writes
	 */
	public void change(Consumer<JdbcClient> change) {
		Batch batch;
		boolean leads = false;
		synchronized (this.joining) {
			Batch present = this.gathering;
			if (present == null) {
				present = new Batch();
				this.gathering = present;
				leads = true;
			}
			present.changes.add(change);
			batch = present;
		}
		if (leads) {
			batch.lead(this.catalog, this::close);
		}
		batch.await();
	}

	private void close() {
		synchronized (this.joining) {
			this.gathering = null;
		}
	}

	/**
	 * Changes of one transaction, in the order of arrival.
	 */
	private static final class Batch {

		private final List<Consumer<JdbcClient>> changes = new ArrayList<>();

		private final CompletableFuture<Void> done = new CompletableFuture<>();

		/**
		 * Writes whatever has joined by the time that the catalog has its turn.
		 */
		void lead(Catalog catalog, Runnable close) {
			try {
				catalog.write((client) -> {
					close.run();
					this.changes.forEach((change) -> change.accept(client));
					return this.changes.size();
				});
				this.done.complete(null);
			}
			catch (RuntimeException | Error ex) {
				close.run();
				this.done.completeExceptionally(ex);
			}
		}

		void await() {
			try {
				this.done.join();
			}
			catch (CompletionException ex) {
				throw (ex.getCause() instanceof RuntimeException cause) ? cause : ex;
			}
		}

	}

}
