package dev.holdfast.tenant;

import java.net.InetAddress;
import java.time.Duration;
import java.util.HexFormat;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;

/**
 * How often an address has shown tokens that are not good. Beyond some in a second it is
 * told to wait, for as long as it goes on; whoever has a good token is not asked. What is
 * remembered is bounded however many addresses there are: those that have been quiet go
 * first. Of IPv6 a whole /64 counts as one, since that is what one machine has.
 */
public final class FailedAuthentications {

	private static final int ADDRESSES = 10_000;

	/** After a second without failures there is nothing to remember. */
	private static final Duration REMEMBERED = Duration.ofSeconds(10);

	private static final Duration SECOND = Duration.ofSeconds(1);

	private static final int IPV6_BYTES = 16;

	private static final int NETWORK_BYTES = 8;

	private final int perSecond;

	private final Cache<String, Bucket> addresses;

	public FailedAuthentications(int perSecond) {
		this(perSecond, ADDRESSES);
	}

	FailedAuthentications(int perSecond, int addresses) {
		this.perSecond = perSecond;
		this.addresses = Caffeine.newBuilder()
			.maximumSize(addresses)
			.expireAfterAccess(REMEMBERED)
			.executor(Runnable::run)
			.build();
	}

	/**
	 * Counts a failure.
	 * @param address where it came from, as numbers
	 * @return {@code false} if there were too many already
	 */
	public boolean admit(String address) {
		return this.addresses.get(network(address), (key) -> bucket()).tryConsume(1);
	}

	private Bucket bucket() {
		return Bucket.builder()
			.addLimit((limit) -> limit.capacity(this.perSecond).refillGreedy(this.perSecond, SECOND))
			.build();
	}

	private static String network(String address) {
		if (address.indexOf(':') < 0) {
			return address;
		}
		try {
			byte[] bytes = InetAddress.ofLiteral(address).getAddress();
			return (bytes.length == IPV6_BYTES) ? HexFormat.of().formatHex(bytes, 0, NETWORK_BYTES) : address;
		}
		catch (IllegalArgumentException ex) {
			return address;
		}
	}

	long remembered() {
		this.addresses.cleanUp();
		return this.addresses.estimatedSize();
	}

}
