package dev.holdfast.block;

/**
 * A read or a write by reference.
 */
final class TransferStep implements BatchStep {

	private final BatchOperation operation;

	private final Dispatch dispatch;

	private final BlockRights rights;

	/**
	 * A transfer that owns its region of memory already.
	 * @param dispatch with the region
	 * @param rights to the volume's blocks
	 */
	TransferStep(BatchOperation operation, Dispatch dispatch, BlockRights rights) {
		this.operation = operation;
		this.dispatch = dispatch;
		this.rights = rights;
	}

	/**
	 * The right to the blocks comes before the pin: who has it may still need one.
	 */
	@Override
	public void start() {
		long offset = this.operation.offset();
		long length = this.operation.length();
		boolean writes = this.operation.kind() == BatchOperation.Kind.WRITE;
		if (writes) {
			this.dispatch.holds(this.rights.acquire(offset, length));
		}
		if (writes) {
			this.dispatch.write(offset, length, 0, this.operation.fua());
		}
		else {
			this.dispatch.read(offset, length, 0);
		}
		this.dispatch.noMore();
	}

	@Override
	public long finish(Tally tally) throws IncompleteException {
		this.dispatch.await(tally);
		return this.operation.length();
	}

	@Override
	public void close() {
		this.dispatch.close();
	}

}
