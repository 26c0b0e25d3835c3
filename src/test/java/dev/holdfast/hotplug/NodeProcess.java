package dev.holdfast.hotplug;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import dev.holdfast.device.HoldLimits;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A {@link Node} in a process of its own, to be killed. Started ahead, it waits until it
 * is told to open.
 */
final class NodeProcess implements AutoCloseable {

	private static final int KILLED = 128 + 9;

	private final Path socket;

	private final Path log;

	private final Process process;

	private final List<RemoteNode> connections = new ArrayList<>();

	private NodeProcess(Path socket, Path log, Process process) {
		this.socket = socket;
		this.log = log;
		this.process = process;
	}

	/**
	 * Starts it; it touches nothing yet.
	 * @param directory the node's, where its socket is too
	 */
	static NodeProcess prepare(Path directory) throws IOException {
		Path socket = directory.resolve("node.socket");
		Path log = directory.resolve("node.log");
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED",
				"--sun-misc-unsafe-memory-access=allow", "-cp", System.getProperty("java.class.path"),
				NodeProcess.class.getName(), directory.toString(), socket.toString())
			.redirectErrorStream(true)
			.redirectOutput(log.toFile())
			.start();
		return new NodeProcess(socket, log, process);
	}

	/**
	 * Has it open what is in its directory, and waits until it serves.
	 */
	void open() throws IOException {
		this.process.getOutputStream().write('\n');
		this.process.getOutputStream().flush();
		Node.patiently().until(() -> Files.exists(this.socket) || !this.process.isAlive());
		assertThat(this.process.isAlive()).as(log()).isTrue();
	}

	/**
	 * Another caller of it, for one thread.
	 */
	RemoteNode connect() throws IOException {
		RemoteNode connection = new RemoteNode(SocketChannel.open(UnixDomainSocketAddress.of(this.socket)));
		this.connections.add(connection);
		return connection;
	}

	/**
	 * What it has said so far.
	 */
	String log() throws IOException {
		return Files.readString(this.log);
	}

	/**
	 * Ends it, wherever it is.
	 */
	void kill() throws Exception {
		this.process.destroyForcibly();
		assertThat(this.process.waitFor()).as(log()).isEqualTo(KILLED);
		for (RemoteNode connection : this.connections) {
			connection.close();
		}
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

	/**
	 * Ends as soon as standard input does, with whoever started it.
	 */
	public static void main(String[] arguments) throws Exception {
		if (System.in.read() >= 0) {
			Node node = new Node(Path.of(arguments[0]), HoldLimits.DEFAULT);
			// Nobody finds it before it listens.
			Path bound = Path.of(arguments[1] + ".new");
			ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)
				.bind(UnixDomainSocketAddress.of(bound));
			Files.move(bound, Path.of(arguments[1]));
			Thread.ofPlatform().daemon().start(() -> serve(server, node));
			System.in.read();
		}
		Runtime.getRuntime().halt(1);
	}

	private static void serve(ServerSocketChannel server, Node node) {
		try {
			while (true) {
				SocketChannel connection = server.accept();
				Thread.ofPlatform().daemon().start(() -> RemoteNode.serve(connection, node));
			}
		}
		catch (IOException ex) {
			ex.printStackTrace();
			Runtime.getRuntime().halt(2);
		}
	}

}
