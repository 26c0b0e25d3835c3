package dev.holdfast.ops;

import java.net.InetAddress;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.autoconfigure.web.server.ManagementServerProperties;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

class ExposureTests {

	private final ServerProperties server = new ServerProperties();

	private final ManagementServerProperties management = new ManagementServerProperties();

	private final Exposure exposure = new Exposure(this.server, this.management);

	@BeforeEach
	void loopback() {
		this.server.setAddress(InetAddress.getLoopbackAddress());
		this.management.setAddress(InetAddress.getLoopbackAddress());
		this.management.setPort(8081);
	}

	@Test
	void shouldAllowLoopback() {
		assertThatNoException().isThrownBy(this.exposure::requireLoopbackOrTls);
		assertThatNoException().isThrownBy(this.exposure::requireLoopback);
	}

	@Test
	void shouldRefuseEveryInterfaceInTheClear() {
		this.server.setAddress(null);
		assertRefused("server.address is every interface");
	}

	@Test
	void shouldRefuseAnotherAddressInTheClear() throws Exception {
		this.server.setAddress(InetAddress.getByName("192.0.2.1"));
		assertRefused("server.address is 192.0.2.1");
	}

	@Test
	void shouldAllowAnotherAddressWithTls() throws Exception {
		this.server.setAddress(InetAddress.getByName("192.0.2.1"));
		Ssl ssl = new Ssl();
		ssl.setBundle("web");
		this.server.setSsl(ssl);
		assertThatNoException().isThrownBy(this.exposure::requireLoopbackOrTls);
		assertThatExceptionOfType(StartRefusedException.class).isThrownBy(this.exposure::requireLoopback);
	}

	@Test
	void shouldLookAtTheManagementPortToo() {
		this.management.setAddress(null);
		assertRefused("management.server.address is every interface");
		this.management.setPort(-1);
		assertThatNoException().isThrownBy(this.exposure::requireLoopbackOrTls);
	}

	private void assertRefused(String sentence) {
		assertThatExceptionOfType(StartRefusedException.class).isThrownBy(this.exposure::requireLoopbackOrTls)
			.withMessageContaining(sentence);
		assertThatExceptionOfType(StartRefusedException.class).isThrownBy(this.exposure::requireLoopback);
	}

}
