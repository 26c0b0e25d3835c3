package dev.holdfast.api.rest;

import java.util.List;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.mapping.MappingSpec;
import dev.holdfast.mapping.OnStale;
import dev.holdfast.mapping.TierChoice;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The body of a declaration of a mapping.
 *
 * @param tier that is asked for; {@code auto} unless declared, which is the best that can
 * be had
 * @param onStale what becomes of I/O while the mapping is not made; {@code fallback}
 * unless declared, by which it goes without
 */
record MappingRequest(@OneOf(TierChoice.class) @Nullable String tier, @OneOf(OnStale.class) @Nullable String onStale) {

	static final MappingRequest DEFAULT = new MappingRequest(null, null);

	MappingSpec spec() {
		return spec(this.tier, this.onStale);
	}

	private static MappingSpec spec(@Nullable String tier, @Nullable String onStale) {
		return new MappingSpec((tier != null) ? tier(tier) : MappingSpec.DEFAULT.tier(),
				(onStale != null) ? onStale(onStale) : MappingSpec.DEFAULT.onStale());
	}

	private static TierChoice tier(String label) {
		for (TierChoice tier : TierChoice.values()) {
			if (tier.label().equals(label)) {
				return tier;
			}
		}
		throw new ProblemException(Problem.MALFORMED_REQUEST, "tier is auto, dma, bvec or none");
	}

	private static OnStale onStale(String label) {
		for (OnStale choice : OnStale.values()) {
			if (choice.label().equals(label)) {
				return choice;
			}
		}
		throw new ProblemException(Problem.MALFORMED_REQUEST, "onStale is fallback or fail");
	}

	/**
	 * The body of a change of a mapping, by RFC 7386: what is not there stays, and null
	 * is as if it had not been declared.
	 */
	@Schema(name = "MappingChange")
	static final class Change {

		private @Nullable String tier;

		private @Nullable String onStale;

		private boolean changesTier;

		private boolean changesOnStale;

		@Schema(allowableValues = { "auto", "dma", "bvec", "none" })
		public void setTier(@Nullable String label) {
			this.tier = label;
			this.changesTier = true;
		}

		@Schema(allowableValues = { "fallback", "fail" })
		public void setOnStale(@Nullable String label) {
			this.onStale = label;
			this.changesOnStale = true;
		}

		MappingSpec of(MappingSpec before) {
			MappingSpec asked = spec(this.tier, this.onStale);
			return new MappingSpec(this.changesTier ? asked.tier() : before.tier(),
					this.changesOnStale ? asked.onStale() : before.onStale());
		}

	}

	/**
	 * Several mappings, of which all are made or none.
	 *
	 * @param mappings at least one
	 */
	@Schema(name = "MappingBatch")
	record Batch(@Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable List<BatchMapping> mappings) {

		/** The most that one request may hold. */
		static final int LARGEST = 1024;

		List<BatchMapping> required() {
			if (this.mappings == null || this.mappings.isEmpty()) {
				throw new ProblemException(Problem.MALFORMED_REQUEST, "mappings is needed, at least one of them");
			}
			if (this.mappings.size() > LARGEST) {
				throw new ProblemException(Problem.TOO_LARGE, "A batch has at most %d mappings".formatted(LARGEST))
					.with("limit", LARGEST);
			}
			return this.mappings;
		}

	}

	/**
	 * One of a batch.
	 *
	 * @param buffer name
	 * @param volume name
	 * @param tier as for one mapping
	 * @param onStale as for one mapping
	 */
	record BatchMapping(@Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable String buffer,
			@Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable String volume,
			@OneOf(TierChoice.class) @Nullable String tier, @OneOf(OnStale.class) @Nullable String onStale) {

		MappingSpec spec() {
			return MappingRequest.spec(this.tier, this.onStale);
		}

		String bufferName() {
			return required(this.buffer, "buffer");
		}

		String volumeName() {
			return required(this.volume, "volume");
		}

		private static String required(@Nullable String name, String what) {
			if (name == null) {
				throw new ProblemException(Problem.MALFORMED_REQUEST,
						"each of mappings needs the name of a %s".formatted(what));
			}
			return name;
		}

	}

}
