package dev.holdfast.api.rest;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;

import dev.holdfast.HoldfastApplication;
import dev.holdfast.api.rest.BatchResponse.BatchItemResult;
import dev.holdfast.block.BatchResult;
import dev.holdfast.block.Batches;
import dev.holdfast.block.TransferOptions;
import dev.holdfast.volume.VolumeKey;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.SpringApplication;

/**
 * What a batch over HTTP costs without HTTP: the service, and beside its own port one
 * where a thread for each connection takes batches for one volume straight from the
 * socket, each after its length. Their JSON is read and written and they are done as for
 * everybody; there is no container, no routing, no token and no metric. Prints that port.
 * Arguments: as for the service; the volume is {@code v} of the tenant {@code bench}.
 */
public final class BareBatches {

	private static final VolumeKey VOLUME = new VolumeKey("bench", "v");

	private static final int LIMIT = 1024;

	private static final int BUFFER = 64 << 10;

	private final Batches batches;

	private final JsonMapper json;

	private BareBatches(Batches batches, JsonMapper json) {
		this.batches = batches;
		this.json = json;
	}

	public static void main(String[] arguments) throws IOException {
		try (ServerSocket server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
			System.out.printf("Batches without HTTP on port %d.%n", server.getLocalPort());
			var context = SpringApplication.run(HoldfastApplication.class, arguments);
			BareBatches bare = new BareBatches(context.getBean(Batches.class), context.getBean(JsonMapper.class));
			while (true) {
				Socket connection = server.accept();
				Thread.ofPlatform().daemon().start(() -> bare.serve(connection));
			}
		}
	}

	private void serve(Socket connection) {
		try (connection;
				DataInputStream in = new DataInputStream(
						new BufferedInputStream(connection.getInputStream(), BUFFER))) {
			connection.setTcpNoDelay(true);
			while (true) {
				byte[] request = new byte[in.readInt()];
				in.readFully(request);
				answer(request, connection.getOutputStream());
			}
		}
		catch (EOFException ex) {
			// The client has what it wanted.
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void answer(byte[] request, OutputStream out) throws IOException {
		BatchRequest batch = this.json.readValue(request, BatchRequest.class);
		List<BatchResult> results = this.batches.atOnce(VOLUME, batch.requested(LIMIT), TransferOptions.DEFAULT);
		byte[] body = this.json
			.writeValueAsBytes(new BatchResponse(results.stream().map(BareBatches::succeeded).toList()));
		String head = "HTTP/1.1 200 \r\nContent-Length: " + body.length + "\r\n\r\n";
		byte[] answer = new byte[head.length() + body.length];
		System.arraycopy(head.getBytes(StandardCharsets.ISO_8859_1), 0, answer, 0, head.length());
		System.arraycopy(body, 0, answer, head.length(), body.length);
		out.write(answer);
	}

	private static BatchItemResult succeeded(BatchResult result) {
		if (!result.succeeded()) {
			throw new IllegalStateException("a read has failed", result.problem());
		}
		return new BatchItemResult(result.bytes(), result.tier(), result.micros(), null);
	}

}
