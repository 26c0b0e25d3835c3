package dev.holdfast.api.rest;

import java.time.Duration;
import java.time.Instant;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.tenant.Right;
import dev.holdfast.volume.Leases;
import dev.holdfast.volume.VolumeKey;
import dev.holdfast.volume.VolumeLease;
import io.swagger.v3.oas.annotations.Operation;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * The lease of a volume.
 */
@RestController
@RequestMapping("/v1/tenants/{tenant}/volumes/{volume}/lease")
class LeaseController {

	private final Leases leases;

	LeaseController(Leases leases) {
		this.leases = leases;
	}

	/**
	 * Takes the lease, or renews it for who shows its number.
	 */
	@Operation(summary = "Takes or renews the lease of a volume")
	@Needs(Right.WRITE)
	@PutMapping
	ResponseEntity<LeaseResponse> take(@PathVariable String tenant, @PathVariable String volume,
			@RequestBody LeaseRequest wanted, ShownLease shown) {
		VolumeKey key = VolumeLookup.key(tenant, volume);
		Duration ttl = wanted.ttl();
		if (wanted.takesOver() || !shown.isThere()) {
			VolumeLease taken = this.leases.take(key, ttl, wanted.takesOver());
			return ResponseEntity.status(HttpStatus.CREATED).body(LeaseResponse.of(taken));
		}
		return ResponseEntity.ok(LeaseResponse.of(this.leases.renew(key, shown.number(), ttl)));
	}

	@Operation(summary = "Shows who may change a volume")
	@Needs(Right.LIST)
	@GetMapping
	LeaseResponse show(@PathVariable String tenant, @PathVariable String volume) {
		VolumeKey key = VolumeLookup.key(tenant, volume);
		return LeaseResponse.of(this.leases.find(key).orElseThrow(() -> Leases.noLease(key)));
	}

	@Operation(summary = "Gives the lease back")
	@Needs(Right.WRITE)
	@DeleteMapping
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void release(@PathVariable String tenant, @PathVariable String volume, ShownLease shown) {
		this.leases.release(VolumeLookup.key(tenant, volume), shown.number());
	}

	/**
	 * The body of a request for a lease.
	 *
	 * @param ttlSeconds how long it lives unless it is renewed
	 * @param takeover whether to take it from who has it
	 */
	record LeaseRequest(@Nullable Long ttlSeconds, @Nullable Boolean takeover) {

		Duration ttl() {
			if (this.ttlSeconds == null) {
				throw new ProblemException(Problem.MALFORMED_REQUEST, "ttlSeconds is needed, such as 30");
			}
			return Duration.ofSeconds(this.ttlSeconds);
		}

		boolean takesOver() {
			return this.takeover != null && this.takeover;
		}

	}

	/**
	 * A lease that lives.
	 *
	 * @param number to be shown in {@code Holdfast-Lease}
	 * @param ttlSeconds what was asked for last
	 * @param expiresAt its end, unless it is renewed
	 */
	record LeaseResponse(long number, long ttlSeconds, Instant expiresAt) {

		static LeaseResponse of(VolumeLease lease) {
			return new LeaseResponse(lease.number(), lease.ttl().toSeconds(), lease.expiresAt());
		}

	}

}
