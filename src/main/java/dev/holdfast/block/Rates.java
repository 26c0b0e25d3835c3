package dev.holdfast.block;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/**
 * Keeps tenants to their rates. What is declared is asked for each time, so that a change
 * holds at once. Any thread.
 */
public final class Rates {

	/** For nobody who is limited. */
	public static final Rates NONE = new Rates((tenant) -> Rate.UNLIMITED, Duration.ZERO);

	private final RateQuota quota;

	private final long patienceNanos;

	private final Map<String, TenantRate> tenants = new ConcurrentHashMap<>();

	/**
	 * Rates of tenants.
	 * @param patience how long a request waits for its turn before it is refused
	 */
	public Rates(RateQuota quota, Duration patience) {
		this.quota = quota;
		this.patienceNanos = patience.toNanos();
	}

	/**
	 * Lets a request begin, with its first operation.
	 * @param tenant whose it is
	 * @param caller who waits for the rest of it
	 * @return for the rest of it
	 */
	RatePass admit(String tenant, Caller caller) {
		RatePass pass = new RatePass(this, tenant, caller);
		pass.admit(this.patienceNanos);
		return pass;
	}

	/**
	 * What holds now.
	 * @return {@code null} if nothing does
	 */
	@Nullable TenantRate of(String tenant) {
		Rate declared = this.quota.rate(tenant);
		TenantRate there = this.tenants.get(tenant);
		if ((there != null) ? there.rate.equals(declared) : declared.equals(Rate.UNLIMITED)) {
			return there;
		}
		return this.tenants.compute(tenant, (name, before) -> {
			if (declared.equals(Rate.UNLIMITED)) {
				return null;
			}
			return (before != null && before.rate.equals(declared)) ? before : new TenantRate(declared);
		});
	}

	/**
	 * What a tenant has used of what it may in a second; more, if it has to wait.
	 * @param tenant whose
	 * @return {@code null} for what is not limited
	 */
	public Rate used(String tenant) {
		TenantRate rate = of(tenant);
		return (rate != null) ? rate.used() : Rate.UNLIMITED;
	}

}
