package dev.holdfast.engine;

import java.util.concurrent.atomic.AtomicInteger;

import static org.assertj.core.api.Assertions.assertThat;

/** An operation that remembers what it was told. */
class RecordedOperation implements IoListener {

	final IoOperation operation = new IoOperation(this);

	private final AtomicInteger answers = new AtomicInteger();

	private final AtomicInteger releases = new AtomicInteger();

	/** As at the answer; the operation may have been prepared again since. */
	private volatile int errno = -1;

	private volatile long bytes = -1;

	private volatile boolean noProgress;

	@Override
	public void answered(IoOperation done) {
		assertThat(this.releases.get()).isEqualTo(this.answers.get());
		this.errno = done.errno();
		this.bytes = done.bytes();
		this.noProgress = done.noProgress();
		this.answers.incrementAndGet();
	}

	@Override
	public void released(IoOperation done) {
		this.releases.incrementAndGet();
	}

	int answers() {
		return this.answers.get();
	}

	int releases() {
		return this.releases.get();
	}

	int errno() {
		return this.errno;
	}

	boolean noProgress() {
		return this.noProgress;
	}

	void assertWaits() {
		assertThat(this.answers.get()).as("answers").isZero();
		assertThat(this.releases.get()).as("releases").isZero();
	}

	void assertSucceeded() {
		assertEnded(0, this.operation.length());
	}

	/** Answered and released, each once. */
	void assertEnded(int expectedErrno, long expectedBytes) {
		assertAnswered(expectedErrno, expectedBytes);
		assertThat(this.releases.get()).as("releases").isEqualTo(1);
	}

	/** Answered once, and the kernel still has it. */
	void assertStuck(int expectedErrno) {
		assertAnswered(expectedErrno, 0);
		assertThat(this.releases.get()).as("releases").isZero();
	}

	private void assertAnswered(int expectedErrno, long expectedBytes) {
		assertThat(this.answers.get()).as("answers").isEqualTo(1);
		assertThat(this.errno).as("errno").isEqualTo(expectedErrno);
		assertThat(this.bytes).as("bytes").isEqualTo(expectedBytes);
	}

}
