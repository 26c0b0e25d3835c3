package dev.holdfast.device;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;

import dev.holdfast.engine.IoFailedException;
import org.jspecify.annotations.Nullable;

/**
 * Commits of one device's label: one at a time, and all changes that wait meanwhile share
 * the next. The first of those that wait leads: once it has the lock it closes the batch,
 * asks for the content, which by then holds the changes of all that joined, and writes.
 * <p>
 * A change is made in memory first and then committed. If the commit fails, each caller
 * takes back its own.
 */
public final class SharedCommit {

	private final LabelStore store;

	private final LabelSource source;

	private final ReentrantLock writing = new ReentrantLock(true);

	private final Object joining = new Object();

	private @Nullable CompletableFuture<Void> gathering;

	public SharedCommit(LabelStore store, LabelSource source) {
		this.store = store;
		this.source = source;
	}

	/**
	 * Makes every change durable that was made before the call. Blocks; any thread.
	 * @throws IoFailedException if it cannot be known to be durable
	 */
	public void commit() throws IoFailedException {
		CompletableFuture<Void> batch;
		boolean leads = false;
		synchronized (this.joining) {
			CompletableFuture<Void> present = this.gathering;
			if (present == null) {
				present = new CompletableFuture<>();
				this.gathering = present;
				leads = true;
			}
			batch = present;
		}
		if (leads) {
			lead(batch);
		}
		await(batch);
	}

	private void lead(CompletableFuture<Void> batch) {
		this.writing.lock();
		try {
			synchronized (this.joining) {
				this.gathering = null;
			}
			this.store.write(this.source.content());
			this.source.written();
			batch.complete(null);
		}
		catch (IoFailedException | RuntimeException | Error ex) {
			batch.completeExceptionally(ex);
		}
		finally {
			this.writing.unlock();
		}
	}

	private static void await(CompletableFuture<Void> batch) throws IoFailedException {
		try {
			batch.join();
		}
		catch (CompletionException ex) {
			switch (ex.getCause()) {
				case IoFailedException failed -> throw failed;
				case RuntimeException failed -> throw failed;
				case null, default -> throw ex;
			}
		}
	}

}
