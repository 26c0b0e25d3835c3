package dev.holdfast.api.rest;

import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which test shows each row of "Errors" and of "Limits" of the API's contract, over a
 * real socket.
 */
class ContractRowsTests {

	/** Without a test are those of what does not exist yet. */
	private static final String ERRORS = """
			malformed-request      DataWriteTests#shouldRefuseParametersThatAreNone
			unknown-field          VolumesTests#shouldSayWhatIsWrongWithABody
			length-mismatch        DataWriteTests#shouldSayHowMuchOfABodyCutShortIsWritten
			digest-mismatch        DigestTests#shouldWriteNothingOfABodyThatHasAnotherDigest
			bad-name               VolumesTests#shouldRefuseBadNames
			unauthenticated        AccessTests#shouldRefuseTokensThatAreWrongInAnyWayAlike
			forbidden              AccessTests#shouldLetAReaderOnlyRead
			quota-exceeded         QuotaTests#shouldHoldForCreationAndGrowth
			not-found              AccessTests#shouldNotFindOtherTenantsWhetherTheyExistOrNot
			method-not-allowed     DataWriteTests#shouldRefuseOtherMethods
			not-acceptable         ProblemsTests#shouldSayItAsJsonWhateverIsAccepted
			request-timeout        SlowClientTests#shouldCutOffABodyThatStops
			already-exists         VolumesTests#shouldFindTheSameSpecificationAndRefuseAnother
			lease-lost             LeaseTests#shouldBeNeededForWhateverReadsOrChangesTheVolume
			in-use                 DevicesTests#shouldDetachOnlyWhatNobodyUses
			foreign-signature      DevicesTests#shouldOverwriteADriveOnlyIfTold
			device-not-online      DeviceStartTests#shouldStartWithoutADeviceThatIsMissing
			precondition-failed    EntityTagsTests#shouldChangeOnlyWhatMatches
			too-large              LimitTests#shouldRefuseJsonThatIsTooLong
			uri-too-long           ContainerTests#shouldRefuse
			unsupported-media-type VolumesTests#shouldRefuseOtherFormsOfBody
			range-not-satisfiable  DataWriteTests#shouldRefuseWhatGoesBehindTheEnd
			expectation-failed     ContainerTests#shouldRefuse
			not-supported          GrowthTests#shouldLeaveAVolumeOfTheSameSizeAsItIs
			rate-limited           LimitTests#shouldReadEightWholeVolumesAtATime
			headers-too-large      ContainerTests#shouldReadAsMuchOfAHeadAsTheLimit
			io-error               FullDriveTests#shouldSayHowMuchIsWrittenWhileTheClientStillSends
			not-implemented        ContainerTests#shouldRefuse
			overloaded             StuckDriveTests#shouldRefuseWhatItHasNoMemoryFor
			device-lost            DeviceStartTests#shouldStartWithoutADeviceThatIsMissing
			deadline-exceeded      StuckDriveTests#shouldSayThatTheOutcomeIsUnknown
			version-not-supported  ContainerTests#shouldRefuse
			no-space               VolumesTests#shouldSayThatThereIsNoSpace
			unaligned-range        BatchApiTests#shouldAnswerWhatIsWrongWithOneAndDoTheOthers
			premap-not-permitted   PremappingTests#shouldPremapOnlyForWhoMay
			already-mapped         MappingRoutesTests#shouldRefuseAnotherWay
			not-attempted          BatchApiTests#shouldSayWhatWasNotAttempted
			region-in-flight       BufferRoutesTests#shouldRefuseBytesInFlight
			stale-mapping          PremappingTests#shouldFailWhereThatIsWanted
			write-loss-possible    -
			device-suspended       -
			internal-error         -
			""";

	static Stream<String> errors() {
		return ERRORS.lines();
	}

	@ParameterizedTest
	@MethodSource("errors")
	void shouldShowEachError(String row) throws Exception {
		String[] parts = row.split(" +", 2);
		if (!parts[1].equals("-")) {
			assertThat(sourceOf(parts[1])).as(parts[1]).contains(parts[0]);
		}
	}

	@Test
	void shouldKnowEachErrorOnce() {
		assertThat(errors().map((row) -> row.split(" ", 2)[0]))
			.containsExactlyInAnyOrderElementsOf(Arrays.stream(ProblemType.values()).map(ProblemType::code).toList());
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			inline 8 MiB                     | DigestTests#shouldVerifyUpToTheInlineLimitAndRefuseMore
			held bodies                      | LimitTests#shouldHoldNoMoreBodiesUntilTheirDigestsAreVerified
			ranges 64                        | MultipartTests#shouldServeAsManyAsTheLimitAndNoMore
			JSON body 1 MiB                  | LimitTests#shouldRefuseJsonThatIsTooLong
			headers 16 KiB                   | ContainerTests#shouldReadAsMuchOfAHeadAsTheLimit
			tokens 32                        | TokensTests#shouldRefuseTheTokenAfterTheLast
			whole-volume reads 8             | LimitTests#shouldReadEightWholeVolumesAtATime
			event streams 16                 | EventsTests#shouldFollowSixteenTimesAtATime
			staging memory, a quarter        | LimitTests#shouldServeATenantBesideItsSlowClients
			16 KiB/s for 30 s, bodies        | SlowClientTests#shouldCutOffABodyThatIsSlow
			16 KiB/s for 30 s, readers       | SlowClientTests#shouldResetAReaderThatIsSlow
			batch 1,024 operations           | BatchApiTests#shouldLimitABatch
			failed authentications 20/s      | FailedAuthenticationTests#shouldMakeAnAddressWaitThatTriesManyTokens
			""")
	void shouldHoldEachLimit(String limit, String test) throws Exception {
		assertThat(sourceOf(test)).as(limit).isNotEmpty();
	}

	/** The source of the class of a test that is there and will be run. */
	private static String sourceOf(String test) throws Exception {
		String[] parts = test.split("#", 2);
		for (String place : List.of("api.rest", "ops")) {
			String name = "dev.holdfast." + place + "." + parts[0];
			Path source = Path.of("src/test/java", name.replace('.', '/') + ".java");
			if (Files.exists(source)) {
				assertThat(methods(name, parts[1])).as(test).isNotEmpty();
				return Files.readString(source);
			}
		}
		throw new AssertionError("there is no " + test);
	}

	private static List<Method> methods(String type, String name) throws ClassNotFoundException {
		return Arrays.stream(Class.forName(type).getDeclaredMethods())
			.filter((method) -> method.getName().equals(name) && AnnotationSupport.isAnnotated(method, Testable.class))
			.toList();
	}

}
