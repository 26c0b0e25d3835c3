package dev.holdfast.attack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.sun.management.HotSpotDiagnosticMXBean;
import dev.holdfast.api.rest.Admission;
import dev.holdfast.api.rest.HttpProtocol;
import dev.holdfast.block.BlockService;
import dev.holdfast.buffer.BufferHandle;
import dev.holdfast.buffer.Buffers;
import dev.holdfast.buffer.StagingPool;
import dev.holdfast.device.Device;
import dev.holdfast.device.Devices;
import dev.holdfast.mapping.MappingStatistics;
import dev.holdfast.mapping.Mappings;
import dev.holdfast.tenant.FailedAuthentications;
import dev.holdfast.volume.VolumeHandle;
import dev.holdfast.volume.VolumeKey;
import dev.holdfast.volume.Volumes;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What the service lends to requests and what they make it hold, counted. Counts are read
 * from where they are kept: what no operator needs has no way out of its class.
 */
final class Ledger {

	/** Staging memory is a buffer too, and no tenant's. */
	private static final long OF_THE_SERVICE = 1;

	/**
	 * Streams of events notice that nobody follows them when they send their next
	 * comment.
	 */
	private static final Duration PATIENCE = Duration.ofSeconds(60);

	/** Longer than the container sleeps. */
	private static final Duration STILL = Duration.ofMillis(1500);

	/** The one who accepts connections counts as one while it waits. */
	private static final int ACCEPTOR = 1;

	private static final Pattern VIRTUAL = Pattern.compile("#\\d+ \"([^\"]*)\" virtual.*");

	/**
	 * Threads and descriptors of the JVM and of the tests, which come and go as they
	 * like.
	 */
	private static final Pattern NOT_OURS = Pattern.compile("ForkJoinPool.*|HttpClient.*|.*un(park|block)er.*|Attach.*"
			+ "|MasterPoller|.*-?SubPoller.*|Read-Poller|Write-Poller|anon_inode:\\[eventpoll\\]|Catalina-utility.*|JNA.*"
			+ "|.*\\.jar|awaitility.*|process reaper.*|Cleaner.*|.*-commonPool-.*|junit-.*|holdfast-memory-.*");

	private static final String SOCKET = "socket:";

	private final ApplicationContext context;

	private final Collection<VolumeKey> volumes;

	/**
	 * A ledger.
	 * @param volumes of which pins are counted
	 */
	Ledger(ApplicationContext context, Collection<VolumeKey> volumes) {
		this.context = context;
		this.volumes = List.copyOf(volumes);
	}

	/**
	 * Waits until no client is connected and nothing moves, and counts.
	 */
	Map<String, Long> atRest() {
		AtomicReference<Map<String, Long>> last = new AtomicReference<>(Map.of());
		await().atMost(PATIENCE).during(STILL).until(() -> {
			Map<String, Long> now = read();
			return connections() <= ACCEPTOR && now.equals(last.getAndSet(now));
		});
		return last.get();
	}

	/**
	 * Waits until there is not more of anything than there was. Descriptors take a
	 * second: the container closes those of connections that have ended when it looks for
	 * the next event.
	 */
	void awaitBack(Map<String, Long> before) {
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(excess(before, read())).as("still held").isEmpty());
	}

	/**
	 * Waits until requests hold nothing any more.
	 */
	void awaitNothingLent() {
		await().atMost(PATIENCE)
			.pollInterval(Duration.ofMillis(5))
			.untilAsserted(() -> assertThat(excess(Map.of(), lent())).as("still held").isEmpty());
	}

	private static Map<String, String> excess(Map<String, Long> before, Map<String, Long> after) {
		Map<String, String> excess = new TreeMap<>();
		after.forEach((what, now) -> {
			long then = before.getOrDefault(what, 0L);
			if (now > then) {
				excess.put(what, now + " instead of " + then);
			}
		});
		return excess;
	}

	private Map<String, Long> read() {
		Map<String, Long> counts = lent();
		descriptors(counts);
		threads(counts);
		return counts;
	}

	private Map<String, Long> lent() {
		Map<String, Long> counts = new TreeMap<>();
		StagingPool staging = this.context.getBean(StagingPool.class);
		counts.put("bytes of staging memory", Math.round(staging.usedRatio() * (double) staging.size()));
		counts.put("waiting for staging memory", (long) staging.waiting());
		Object data = field(this.context.getBean("dataController"), "exchange");
		counts.put("tenants with held memory", size(field(data, "held"), "taken"));
		counts.put("whole reads", size(field(data, "wholeReads"), "running"));
		counts.put("pins", this.volumes.stream().mapToLong(this::pins).sum());
		counts.put("grants of blocks", grants());
		memory(counts);
		for (Device device : this.context.getBean(Devices.class).attached()) {
			counts.put("in flight to " + device.name(), (long) device.inFlight());
		}
		counts.put("requests", (long) this.context.getBean(Admission.class).serving());
		counts.put("connections", Math.max(0, connections() - ACCEPTOR));
		counts.put("addresses that showed bad tokens", Math.max(0, addresses() - 1));
		return counts;
	}

	/** What is held of buffers, and what is remembered of such that are gone. */
	private void memory(Map<String, Long> counts) {
		Map<?, ?> buffers = (Map<?, ?>) field(this.context.getBean(Buffers.class), "slots");
		Mappings mappings = this.context.getBean(Mappings.class);
		MappingStatistics statistics = mappings.statistics();
		long declared = statistics.mappings().values().stream().mapToLong(Long::longValue).sum();
		counts.put("regions of buffers", buffers.values().stream().mapToLong(Ledger::regions).sum());
		counts.put("buffers that are being deleted",
				buffers.values().stream().filter((buffer) -> field(buffer, "wanted").equals(false)).count());
		counts.put("room for mappings", size(field(mappings, "room"), "underWay"));
		counts.put("buffers with mappings that are gone",
				Math.max(0, size(field(mappings, "registry"), "buffers") - buffers.size() - OF_THE_SERVICE));
		counts.put("mappings that are gone", Math.max(0, size(field(mappings, "news"), "told") - declared));
	}

	private static long regions(Object buffer) {
		Object handle = ReflectionTestUtils.getField(buffer, "handle");
		return (handle != null) ? ((BufferHandle) handle).inUse() : 0;
	}

	private long pins(VolumeKey key) {
		VolumeHandle handle = this.context.getBean(Volumes.class).open(key);
		AtomicLong word = (AtomicLong) field(field(handle, "pins"), "word");
		return word.get();
	}

	private long grants() {
		Object[] queues = (Object[]) field(field(this.context.getBean(BlockService.class), "ranges"), "queues");
		return Stream.of(queues).mapToLong((queue) -> size(queue, "grants")).sum();
	}

	private long connections() {
		TomcatWebServer server = (TomcatWebServer) ((WebServerApplicationContext) this.context).getWebServer();
		return ((HttpProtocol) server.getTomcat().getConnector().getProtocolHandler()).getConnectionCount();
	}

	/** One is enough for all that this machine's clients can be. */
	private long addresses() {
		Long remembered = ReflectionTestUtils.invokeMethod(this.context.getBean(FailedAuthentications.class),
				"remembered");
		return (remembered != null) ? remembered : 0;
	}

	/** By what they are open on. */
	private static void descriptors(Map<String, Long> counts) {
		try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
			String connections = Files.readString(Path.of("/proc/self/net/tcp"))
					+ Files.readString(Path.of("/proc/self/net/tcp6"));
			for (Path each : open.toList()) {
				String target = Files.readSymbolicLink(each).toString();
				// The JDK makes other sockets when it first needs them.
				if (!target.startsWith(SOCKET) || connections.contains(" " + target.replaceAll("\\D", "") + " ")) {
					count(counts, "descriptor of ", target);
				}
			}
		}
		catch (NoSuchFileException ex) {
			// It has just been closed: the next look will tell.
			counts.merge("descriptors closed meanwhile", 1L, Long::sum);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** By name, numbers left out; those that are virtual are in a dump only. */
	private static void threads(Map<String, Long> counts) {
		Thread.getAllStackTraces().keySet().forEach((thread) -> count(counts, "thread ", thread.getName()));
		try {
			Path directory = Files.createTempDirectory("holdfast-threads");
			Path dump = directory.resolve("dump");
			ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
				.dumpThreads(dump.toString(), HotSpotDiagnosticMXBean.ThreadDumpFormat.TEXT_PLAIN);
			try (Stream<String> lines = Files.lines(dump)) {
				lines.map(VIRTUAL::matcher)
					.filter(Matcher::matches)
					.forEach((line) -> count(counts, "virtual thread ", line.group(1)));
			}
			Files.delete(dump);
			Files.delete(directory);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void count(Map<String, Long> counts, String kind, String name) {
		if (!NOT_OURS.matcher(name).matches()) {
			counts.merge(kind + name.replaceAll("\\d+", "#"), 1L, Long::sum);
		}
	}

	private static long size(Object owner, String name) {
		Object value = field(owner, name);
		return (value instanceof Map<?, ?> map) ? map.size() : ((Collection<?>) value).size();
	}

	private static Object field(Object owner, String name) {
		Object value = ReflectionTestUtils.getField(owner, name);
		if (value == null) {
			throw new IllegalStateException("no field " + name);
		}
		return value;
	}

}
