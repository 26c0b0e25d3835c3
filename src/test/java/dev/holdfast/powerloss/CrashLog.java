package dev.holdfast.powerloss;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Follows what a {@link CrashVictim} says, and knows what must be on the device. Nothing
 * that was answered may be lost when a process is killed, flushed or not.
 */
final class CrashLog {

	private final Map<String, TenantVolumes> tenants = new HashMap<>();

	private final Map<String, String[]> pending = new HashMap<>();

	private final Map<String, Integer> answered = new HashMap<>();

	CrashLog() {
		CrashVictim.TENANTS.forEach((tenant) -> this.tenants.put(tenant, new TenantVolumes(tenant)));
	}

	int answers() {
		return this.answered.values().stream().mapToInt(Integer::intValue).sum();
	}

	/**
	 * What was answered, and how often.
	 */
	Map<String, Integer> answered() {
		return this.answered;
	}

	void hear(String line) {
		String[] words = line.split(" ", -1);
		TenantVolumes volumes = Objects.requireNonNull(this.tenants.get(words[1]), line);
		switch (words[0]) {
			case "create" -> volumes.put(words[2], new ExpectedVolume(Long.parseLong(words[3])));
			case "grow" -> volume(volumes, words).growing(Long.parseLong(words[3]));
			case "delete" -> volume(volumes, words).in(ExpectedVolume.Phase.DELETING);
			case "write" -> volume(volumes, words).write(Long.parseLong(words[3]), Integer.parseInt(words[4]),
					Long.parseLong(words[5]));
			case "done" -> done(volumes, Objects.requireNonNull(this.pending.remove(words[1]), line));
			case "refused" -> refused(volumes, Objects.requireNonNull(this.pending.remove(words[1]), line));
			default -> throw new IllegalArgumentException(line);
		}
		if (words.length > 2) {
			this.pending.put(words[1], words);
		}
	}

	private void done(TenantVolumes volumes, String[] words) {
		this.answered.merge(words[0], 1, Integer::sum);
		switch (words[0]) {
			case "create" -> volume(volumes, words).in(ExpectedVolume.Phase.LIVE);
			case "grow" -> volume(volumes, words).grown(Long.parseLong(words[3]));
			case "delete" -> volumes.remove(words[2]);
			default -> volume(volumes, words).settle(Long.parseLong(words[3]), Integer.parseInt(words[4]));
		}
	}

	/**
	 * For want of space, so nothing was done.
	 */
	private static void refused(TenantVolumes volumes, String[] words) {
		if (words[0].equals("create")) {
			volumes.remove(words[2]);
		}
		else {
			ExpectedVolume volume = volume(volumes, words);
			volume.grown(volume.size());
		}
	}

	private static ExpectedVolume volume(TenantVolumes volumes, String[] words) {
		return Objects.requireNonNull(volumes.find(words[2]), words[2]);
	}

	/**
	 * After a restart.
	 */
	void check(Stack stack) throws IOException {
		this.pending.clear();
		ExtentCheck.run(stack);
		for (TenantVolumes volumes : this.tenants.values()) {
			volumes.check(stack, true);
		}
	}

}
