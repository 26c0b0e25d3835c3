package dev.holdfast.api.rest;

import java.time.Instant;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.holdfast.mapping.MappingSpec;
import dev.holdfast.mapping.MappingStatus;
import dev.holdfast.mapping.MemberState;
import dev.holdfast.mapping.MemberStatus;
import dev.holdfast.mapping.OnStale;
import dev.holdfast.mapping.Reason;
import dev.holdfast.mapping.TierChoice;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A mapping as its owner sees it.
 *
 * @param buffer name of the buffer
 * @param volume name of the volume
 * @param declared what was asked for
 * @param state that of the member that is furthest behind
 * @param tier the lowest of any member, once all are mapped
 * @param reason why it is not better, or not mapped
 * @param members one for each device under the volume
 * @param createdAt when it was declared
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record MappingResponse(String buffer, String volume, DeclaredMapping declared, @OneOf(MemberState.class) String state,
		@Schema(allowableValues = {
				"none", "bvec", "dma" }) @Nullable String tier,
		@Nullable MappingReason reason, List<MappingMember> members, Instant createdAt){

	static EntityTag tag(MappingStatus status) {
		Object[] declared = { status.declaration().buffer(), status.declaration().volume(),
				status.declaration().createdAt(), status.declaration().spec() };
		return EntityTag.of(declared, of(status));
	}

	static MappingResponse of(MappingStatus status) {
		MappingSpec spec = status.declaration().spec();
		return new MappingResponse(status.key().buffer(), status.key().volume(),
				new DeclaredMapping(spec.tier().label(), spec.onStale().label()), status.state().label(),
				status.tierLabel(), MappingReason.of(status.reason()),
				status.members().stream().map(MappingMember::of).toList(), status.declaration().createdAt());
	}

	/**
	 * What was asked for.
	 *
	 * @param tier that was asked for
	 * @param onStale what becomes of I/O while the mapping is not made
	 */
	record DeclaredMapping(@OneOf(TierChoice.class) String tier, @OneOf(OnStale.class) String onStale) {

	}

	/**
	 * Why a tier is not better, or nothing is mapped.
	 *
	 * @param code of few
	 * @param detail a sentence
	 */
	record MappingReason(@OneOf(Reason.Code.class) String code, String detail) {

		static @Nullable MappingReason of(@Nullable Reason reason) {
			return (reason != null) ? new MappingReason(reason.code().label(), reason.detail()) : null;
		}

	}

	/**
	 * A mapping's part on one device.
	 *
	 * @param device name of the device
	 * @param generation of the device that it is made for
	 * @param state where it is in its life
	 * @param tier of I/O through it, while it is mapped
	 * @param reason why that is not better, or it is not mapped
	 * @param mappedAt when it was made
	 * @param mapMicros how long that took
	 * @param ios operations that went through it
	 * @param fallbacks operations that had to go without it
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record MappingMember(String device, long generation, @OneOf(MemberState.class) String state,
			@Schema(allowableValues = {
					"none", "bvec", "dma" }) @Nullable String tier,
			@Nullable MappingReason reason, @Nullable Instant mappedAt, long mapMicros, long ios, long fallbacks){

		static MappingMember of(MemberStatus member) {
			return new MappingMember(member.deviceName(), member.generation(), member.state().label(),
					member.tierLabel(), MappingReason.of(member.reason()), member.mappedAt(), member.mapMicros(),
					member.ios(), member.fallbacks());
		}

	}

}
