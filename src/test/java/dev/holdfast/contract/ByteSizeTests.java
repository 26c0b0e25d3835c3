package dev.holdfast.contract;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ByteSizeTests {

	@ParameterizedTest
	@CsvSource({ "0,0", "1048576,1048576", "1KiB,1024", "64MiB,67108864", "1GiB,1073741824", "2 TiB,2199023255552",
			"9007199254740991,9007199254740991" })
	void shouldReadBytesAndUnits(String text, long bytes) {
		assertThat(ByteSize.parse(text).bytes()).isEqualTo(bytes);
	}

	@ParameterizedTest
	@CsvSource({ "1KB,write KiB", "1MB,write MiB", "1GB,write GiB", "1TB,write TiB" })
	void shouldSayWhatToWriteForAmbiguousUnits(String text, String advice) {
		assertThatIllegalArgumentException().isThrownBy(() -> ByteSize.parse(text)).withMessageContaining(advice);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "MiB", "-1", "1.5GiB", "1mib", "1M", "0x10", "1 2", "９" })
	void shouldRefuseWhatIsNoSize(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> ByteSize.parse(text));
	}

	@ParameterizedTest
	@ValueSource(strings = { "9007199254740992", "8192TiB", "9999999999999999999", "99999999999999999999",
			"9223372036854775807TiB" })
	void shouldStayBelowWhatJsonHoldsExactly(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> ByteSize.parse(text));
	}

	@Test
	void shouldShowTheLargestWholeUnit() {
		assertThat(new ByteSize(0)).hasToString("0");
		assertThat(new ByteSize(1000)).hasToString("1000");
		assertThat(new ByteSize(1536)).hasToString("1536");
		assertThat(new ByteSize(64L << 20)).hasToString("64MiB");
		assertThat(new ByteSize(2048L << 40)).hasToString("2048TiB");
	}

}
