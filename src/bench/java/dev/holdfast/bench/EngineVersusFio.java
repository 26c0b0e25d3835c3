package dev.holdfast.bench;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.holdfast.engine.DeviceFile;
import dev.holdfast.engine.DeviceLimits;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.IoBuffer;
import dev.holdfast.engine.IoDevice;
import dev.holdfast.engine.IoEngine;
import dev.holdfast.engine.IoEngines;
import dev.holdfast.engine.IoKind;
import dev.holdfast.uring.sys.LinuxRingSyscalls;
import dev.holdfast.uring.sys.Posix;

/**
 * The engine and fio in turn on one block device: 4 KiB random reads and writes, depth 1,
 * 16 and 64. Prints medians of the rounds and ratios to fio. Overwrites the device.
 */
public final class EngineVersusFio {

	private static final int[] DEPTHS = { 1, 16, 64 };

	private static final int MOST_DEPTH = 64;

	private static final Pattern IOPS = Pattern.compile("\"iops\" : ([0-9.]+)");

	private final Path path;

	private final int rounds;

	private final int seconds;

	private EngineVersusFio(Path path, int rounds, int seconds) {
		this.path = path;
		this.rounds = rounds;
		this.seconds = seconds;
	}

	/**
	 * Runs.
	 * @param arguments the device, the number of rounds, seconds a run
	 */
	public static void main(String[] arguments) throws Exception {
		new EngineVersusFio(Path.of(arguments[0]), Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]))
			.run();
	}

	private void run() throws Exception {
		int descriptor = Posix.open(this.path, Posix.O_RDWR | Posix.O_DIRECT);
		long size = Posix.size(descriptor);
		MemorySegment memory = Posix.mapMemory("bench", (long) MOST_DEPTH * EngineLoad.BLOCK);
		try (IoEngine engine = IoEngines.uring(new LinuxRingSyscalls(), EngineOptions.DEFAULT)) {
			engine.findings().forEach(System.out::println);
			IoDevice device = engine.attach(
					new DeviceFile("bench", descriptor, true, Posix.logicalBlockSize(descriptor)),
					DeviceLimits.DEFAULT);
			IoBuffer buffer = engine.register(memory).join();
			System.out.println("tier " + buffer.tier().label());
			new EngineLoad(engine, device, buffer, size, IoKind.READ).onRingThread(16, 3000);
			System.out.printf("%-6s %5s %-16s %9s %7s %9s%n", "op", "depth", "load", "IOPS", "of fio", "µs each");
			for (IoKind kind : List.of(IoKind.READ, IoKind.WRITE)) {
				EngineLoad load = new EngineLoad(engine, device, buffer, size, kind);
				for (int depth : DEPTHS) {
					print(kind, depth, measure(load, kind, depth));
				}
			}
		}
	}

	private Map<String, List<Double>> measure(EngineLoad load, IoKind kind, int depth) throws Exception {
		Map<String, List<Double>> results = new LinkedHashMap<>();
		long millis = this.seconds * 1000L;
		load.fromOtherThread(depth, 1000);
		load.fromVirtualThreads(depth, 1000);
		for (int round = 0; round < this.rounds; round++) {
			add(results, "fio", fio(kind, depth));
			add(results, "ring thread", load.onRingThread(depth, millis));
			add(results, "other thread", load.fromOtherThread(depth, millis));
			add(results, "virtual threads", load.fromVirtualThreads(depth, millis));
		}
		return results;
	}

	private static void add(Map<String, List<Double>> results, String load, double iops) {
		results.computeIfAbsent(load, (key) -> new ArrayList<>()).add(iops);
	}

	private static void print(IoKind kind, int depth, Map<String, List<Double>> results) {
		double fio = median(results.getOrDefault("fio", List.of()));
		results.forEach((load, rounds) -> {
			double iops = median(rounds);
			System.out.printf("%-6s %5d %-16s %9.0f %7.2f %9.1f%n", kind.label(), depth, load, iops, iops / fio,
					1e6 * depth / iops);
		});
	}

	private static double median(List<Double> values) {
		List<Double> sorted = new ArrayList<>(values);
		Collections.sort(sorted);
		return sorted.get(sorted.size() / 2);
	}

	private double fio(IoKind kind, int depth) throws IOException, InterruptedException {
		List<String> command = new ArrayList<>(List.of("fio", "--name=peer", "--ioengine=io_uring", "--fixedbufs=1"));
		command.addAll(List.of("--registerfiles=1", "--direct=1", "--bs=4k", "--time_based=1", "--randrepeat=0"));
		command.addAll(List.of("--norandommap=1", "--output-format=json", "--filename=" + this.path));
		command.addAll(List.of("--rw=rand" + kind.label(), "--iodepth=" + depth, "--runtime=" + this.seconds));
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		if (process.waitFor() != 0) {
			throw new IOException("fio: " + output);
		}
		double most = 0;
		Matcher matcher = IOPS.matcher(output);
		while (matcher.find()) {
			most = Math.max(most, Double.parseDouble(matcher.group(1)));
		}
		return most;
	}

}
