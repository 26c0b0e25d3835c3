package dev.holdfast.tenant;

import java.util.Objects;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class TokenTests {

	private final Token token = Token.random();

	@Test
	void shouldHaveTheDocumentedForm() {
		assertThat(this.token.reveal()).matches("hf_[a-z0-9]+_[A-Za-z0-9_-]{43}_[0-9a-f]{8}");
	}

	@Test
	void shouldBeReadBack() {
		Token read = Objects.requireNonNull(Token.parse(this.token.reveal()));
		assertThat(read.id()).isEqualTo(this.token.id());
		assertThat(read.hasHash(this.token.hash())).isTrue();
	}

	@Test
	void shouldDifferEachTime() {
		assertThat(Token.random().hash()).isNotEqualTo(Token.random().hash());
	}

	@Test
	void shouldHideTheSecretWhenShown() {
		assertThat(this.token.toString()).contains(this.token.id()).hasSizeLessThan(20);
	}

	@Test
	void shouldNoticeAnyChangedCharacter() {
		String text = this.token.reveal();
		for (int i = 0; i < text.length(); i++) {
			char other = (text.charAt(i) == 'a') ? 'b' : 'a';
			assertThat(Token.parse(text.substring(0, i) + other + text.substring(i + 1))).as("at %d", i).isNull();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "hf_", "hf___", "secret", "hf_abcdefghijkl_x_00000000" })
	void shouldRefuseOtherForms(String text) {
		assertThat(Token.parse(text)).isNull();
		assertThat(Token.parse(this.token.reveal() + text + "x")).isNull();
	}

}
