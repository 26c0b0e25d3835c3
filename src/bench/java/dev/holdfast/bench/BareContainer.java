package dev.holdfast.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.Pattern;

import dev.holdfast.engine.DeviceFile;
import dev.holdfast.engine.DeviceLimits;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.IoBuffer;
import dev.holdfast.engine.IoDevice;
import dev.holdfast.engine.IoEngine;
import dev.holdfast.engine.IoEngines;
import dev.holdfast.engine.IoListener;
import dev.holdfast.engine.IoOperation;
import dev.holdfast.uring.sys.LinuxRingSyscalls;
import dev.holdfast.uring.sys.Posix;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.threads.VirtualThreadExecutor;

/**
 * The least that the service's container could do for a batch: one servlet, no filter; a
 * request's body is taken and not looked at, as many reads go to the engine, the answer
 * is always the same. Prints its port. Arguments: the device, a directory, and reads a
 * request.
 */
public final class BareContainer {

	static final Pattern PORT = Pattern.compile("Bare container on port (\\d+)\\.");

	private static final String RESULT = "{\"bytes\":4096,\"tier\":\"bvec\",\"micros\":1234}";

	private BareContainer() {
	}

	public static void main(String[] arguments) throws Exception {
		IoEngine engine = IoEngines.uring(new LinuxRingSyscalls(), EngineOptions.DEFAULT);
		int descriptor = Posix.open(Path.of(arguments[0]), Posix.O_RDONLY | Posix.O_DIRECT);
		IoDevice device = engine.attach(new DeviceFile("bench", descriptor, true, Posix.logicalBlockSize(descriptor)),
				DeviceLimits.DEFAULT);
		int batch = Integer.parseInt(arguments[2]);
		IoBuffer buffer = engine
			.register(Posix.mapMemory("bench", (long) BatchFigures.CONNECTIONS * batch * BatchFigures.BLOCK))
			.join();
		BlockingQueue<Reads> idle = new LinkedBlockingQueue<>();
		for (int i = 0; i < BatchFigures.CONNECTIONS; i++) {
			idle.add(new Reads(engine, device, buffer, i, batch));
		}
		Tomcat tomcat = new Tomcat();
		tomcat.setBaseDir(arguments[1]);
		tomcat.setPort(0);
		tomcat.getConnector().setProperty("address", "127.0.0.1");
		tomcat.getConnector().setProperty("maxKeepAliveRequests", "-1");
		tomcat.getConnector().getProtocolHandler().setExecutor(new VirtualThreadExecutor("request-"));
		Context context = tomcat.addContext("", null);
		Tomcat.addServlet(context, "reads", new ReadServlet(idle, batch));
		context.addServletMappingDecoded("/*", "reads");
		tomcat.start();
		System.out.printf("Bare container on port %d.%n", tomcat.getConnector().getLocalPort());
		tomcat.getServer().await();
	}

	/** Does the reads of one request at a time. */
	private static final class Reads implements IoListener {

		private final IoEngine engine;

		private final IoDevice device;

		private final IoBuffer buffer;

		private final long first;

		private final SplittableRandom random;

		private final IoOperation[] operations;

		private volatile CountDownLatch left = new CountDownLatch(0);

		Reads(IoEngine engine, IoDevice device, IoBuffer buffer, int number, int batch) {
			this.engine = engine;
			this.device = device;
			this.buffer = buffer;
			this.first = (long) number * batch;
			this.operations = new IoOperation[batch];
			this.random = new SplittableRandom(number);
			for (int i = 0; i < this.operations.length; i++) {
				this.operations[i] = new IoOperation(this);
			}
		}

		void run() throws InterruptedException {
			this.left = new CountDownLatch(this.operations.length);
			for (int i = 0; i < this.operations.length; i++) {
				long place = this.random.nextLong(BatchFigures.VOLUME / BatchFigures.BLOCK) * BatchFigures.BLOCK;
				this.operations[i].read(this.device, place, this.buffer, (this.first + i) * BatchFigures.BLOCK,
						BatchFigures.BLOCK);
				if (!this.engine.submitMore(this.operations[i])) {
					throw new IllegalStateException("refused");
				}
			}
			this.engine.begin();
			this.left.await();
		}

		@Override
		public void answered(IoOperation done) {
			if (done.errno() != 0) {
				throw new IllegalStateException("a read has failed with errno " + done.errno());
			}
		}

		@Override
		public void released(IoOperation done) {
			this.left.countDown();
		}

	}

	/** Takes requests. */
	private static final class ReadServlet extends HttpServlet {

		private static final long serialVersionUID = 1;

		private final transient BlockingQueue<Reads> idle;

		private final byte[] answer;

		ReadServlet(BlockingQueue<Reads> idle, int batch) {
			this.idle = idle;
			this.answer = ("{\"results\":[" + RESULT + ("," + RESULT).repeat(batch - 1) + "]}")
				.getBytes(StandardCharsets.ISO_8859_1);
		}

		@Override
		protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
			request.getInputStream().readAllBytes();
			try {
				Reads reads = this.idle.take();
				reads.run();
				this.idle.add(reads);
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			response.setContentType("application/json");
			response.setContentLength(this.answer.length);
			response.getOutputStream().write(this.answer);
		}

	}

}
