package dev.holdfast.hotplug;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.UUID;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.volume.VolumeKey;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link NodeProcess} does for others: requests in words, each with its answer.
 * One thread at either end.
 */
final class RemoteNode implements Blocks, AutoCloseable {

	private static final Duration SUSPEND_LIMIT = Duration.ofSeconds(30);

	private final SocketChannel channel;

	private final DataInputStream in;

	private final DataOutputStream out;

	RemoteNode(SocketChannel channel) {
		this.channel = channel;
		this.in = new DataInputStream(Channels.newInputStream(channel));
		this.out = new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 17));
	}

	@Override
	public void write(VolumeKey volume, long offset, ByteBuffer bytes, boolean fua) throws IOException {
		ask("write", bytes, volume.name(), offset, fua);
	}

	@Override
	public void zero(VolumeKey volume, long offset, long length) throws IOException {
		ask("zero", ByteBuffer.allocate(0), volume.name(), offset, length);
	}

	@Override
	public void flush(VolumeKey volume) throws IOException {
		ask("flush", ByteBuffer.allocate(0), volume.name());
	}

	@Override
	public ByteBuffer read(VolumeKey volume, long offset, int length) throws IOException {
		return ask("read", ByteBuffer.allocate(0), volume.name(), offset, length);
	}

	@Nullable Void suspend(String device) throws IOException {
		ask("suspend", ByteBuffer.allocate(0), device);
		return null;
	}

	/**
	 * Begins to empty a device.
	 * @param onto name of another, or empty for all the others
	 * @return the operation
	 */
	UUID empty(String device, String onto) throws IOException {
		ByteBuffer id = ask("empty", ByteBuffer.allocate(0), device, onto);
		return new UUID(id.getLong(), id.getLong());
	}

	private ByteBuffer ask(String what, ByteBuffer bytes, Object... arguments) throws IOException {
		this.out.writeUTF(what);
		this.out.writeByte(arguments.length);
		for (Object argument : arguments) {
			this.out.writeUTF(argument.toString());
		}
		send(bytes);
		String problem = this.in.readUTF();
		String message = this.in.readUTF();
		ByteBuffer answer = receive();
		if (!problem.isEmpty()) {
			throw new ProblemException(Problem.valueOf(problem), message);
		}
		return answer;
	}

	private void send(ByteBuffer bytes) throws IOException {
		this.out.writeInt(bytes.remaining());
		this.out.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
		this.out.flush();
	}

	private ByteBuffer receive() throws IOException {
		byte[] bytes = new byte[this.in.readInt()];
		this.in.readFully(bytes);
		return ByteBuffer.wrap(bytes);
	}

	/**
	 * Answers what is asked until the other end is gone. What fails otherwise than with a
	 * problem ends the process.
	 */
	static void serve(SocketChannel connection, Node node) {
		try (RemoteNode end = new RemoteNode(connection)) {
			while (true) {
				end.answer(node);
			}
		}
		catch (EOFException ex) {
			// Nobody asks any longer.
		}
		catch (IOException | RuntimeException ex) {
			ex.printStackTrace();
			Runtime.getRuntime().halt(3);
		}
	}

	private void answer(Node node) throws IOException {
		String what = this.in.readUTF();
		String[] arguments = new String[this.in.readByte()];
		for (int i = 0; i < arguments.length; i++) {
			arguments[i] = this.in.readUTF();
		}
		ByteBuffer bytes = receive();
		String problem = "";
		String message = "";
		ByteBuffer answer = ByteBuffer.allocate(0);
		try {
			answer = act(node, what, arguments, bytes);
		}
		catch (ProblemException ex) {
			problem = ex.problem().name();
			message = String.valueOf(ex.getMessage());
		}
		this.out.writeUTF(problem);
		this.out.writeUTF(message);
		send(answer);
	}

	private static ByteBuffer act(Node node, String what, String[] arguments, ByteBuffer bytes) throws IOException {
		Blocks blocks = new ServedBlocks(node.blocks);
		VolumeKey volume = new VolumeKey(HotplugSequence.TENANT, arguments[0]);
		switch (what) {
			case "write" ->
				blocks.write(volume, Long.parseLong(arguments[1]), bytes, Boolean.parseBoolean(arguments[2]));
			case "zero" -> blocks.zero(volume, Long.parseLong(arguments[1]), Long.parseLong(arguments[2]));
			case "flush" -> blocks.flush(volume);
			case "read" -> {
				return blocks.read(volume, Long.parseLong(arguments[1]), Integer.parseInt(arguments[2]));
			}
			case "suspend" -> node.devices.suspend(arguments[0], SUSPEND_LIMIT);
			case "empty" -> {
				UUID id = node.empty(arguments[0], arguments[1]).id();
				return ByteBuffer.allocate(2 * Long.BYTES)
					.putLong(id.getMostSignificantBits())
					.putLong(id.getLeastSignificantBits())
					.flip();
			}
			default -> throw new IllegalArgumentException(what);
		}
		return ByteBuffer.allocate(0);
	}

	@Override
	public void close() throws IOException {
		this.channel.close();
	}

}
