package dev.holdfast.uring.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * What the kernel says of block devices that come, go and change: messages of
 * {@code NETLINK_KOBJECT_UEVENT}, group 1, which need no right (man 7 netlink;
 * lib/kobject_uevent.c). They may be lost, and anybody who may send there can send them:
 * they are a reason to look, and nothing more. One thread, and any that ends its wait.
 */
public final class KernelEvents implements AutoCloseable {

	private static final int AF_NETLINK = 16;

	private static final int SOCK_DGRAM = 2;

	private static final int SOCK_CLOEXEC = 0x80000;

	private static final int SOCK_NONBLOCK = 0x800;

	private static final int NETLINK_KOBJECT_UEVENT = 15;

	private static final int ADDRESS_SIZE = 12;

	private static final int MESSAGE_SIZE = 8192;

	private static final short POLLIN = 1;

	private static final String BLOCK = "SUBSYSTEM=block";

	private final Arena arena = Arena.ofShared();

	private final MemorySegment message = this.arena.allocate(MESSAGE_SIZE, Long.BYTES);

	/** Two of {@code struct pollfd}. */
	private final MemorySegment polled = this.arena.allocate(2 * Long.BYTES, Long.BYTES);

	private final int socket;

	private final int ending;

	private volatile boolean ended;

	private KernelEvents(int socket, int ending) {
		this.socket = socket;
		this.ending = ending;
	}

	/**
	 * Listens from now on.
	 * @throws ErrnoException if the kernel does not let us
	 */
	public static KernelEvents open() throws ErrnoException {
		int socket = LibC.INSTANCE.socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
				NETLINK_KOBJECT_UEVENT);
		if (socket < 0) {
			throw new ErrnoException("socket", Posix.errno());
		}
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment address = arena.allocate(ADDRESS_SIZE, Integer.BYTES);
			address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_NETLINK);
			address.set(ValueLayout.JAVA_INT, 8, 1);
			if (LibC.INSTANCE.bind(socket, address.address(), ADDRESS_SIZE) < 0) {
				throw new ErrnoException("bind", Posix.errno());
			}
			return new KernelEvents(socket, Posix.eventfd());
		}
		catch (ErrnoException ex) {
			Posix.close(socket);
			throw ex;
		}
	}

	/**
	 * Waits until something is said of a block device, and takes all that was said.
	 * @return {@code false} if nothing was in that time, or before {@link #end()}
	 */
	public boolean await(Duration limit) {
		long end = System.nanoTime() + limit.toNanos();
		boolean block = false;
		do {
			long left = Math.max(0, Duration.ofNanos(end - System.nanoTime()).toMillis());
			this.polled.set(ValueLayout.JAVA_INT, 0, this.socket);
			this.polled.set(ValueLayout.JAVA_INT, 4, POLLIN);
			this.polled.set(ValueLayout.JAVA_INT, 8, this.ending);
			this.polled.set(ValueLayout.JAVA_INT, 12, POLLIN);
			if (LibC.INSTANCE.poll(this.polled.address(), 2, (int) left) > 0) {
				block |= drain();
			}
		}
		while (!block && !this.ended && System.nanoTime() - end < 0);
		return block;
	}

	/**
	 * Ends the wait, and all that come. Any thread, before {@link #close()}.
	 */
	public void end() {
		this.ended = true;
		try (Arena arena = Arena.ofConfined()) {
			Posix.writeEight(this.ending, arena.allocateFrom(ValueLayout.JAVA_LONG, 1).address());
		}
	}

	private boolean drain() {
		boolean block = false;
		long length;
		while ((length = LibC.INSTANCE.read(this.socket, this.message.address(), MESSAGE_SIZE)) > 0) {
			byte[] bytes = this.message.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
			block |= new String(bytes, StandardCharsets.ISO_8859_1).contains(BLOCK);
		}
		return block;
	}

	@Override
	public void close() throws ErrnoException {
		Posix.close(this.ending);
		Posix.close(this.socket);
		this.arena.close();
	}

}
