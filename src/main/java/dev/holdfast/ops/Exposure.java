package dev.holdfast.ops;

import java.net.InetAddress;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.autoconfigure.web.server.ManagementServerProperties;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;

/**
 * Where the service listens. Tokens and blocks go over the network in the clear only if
 * somebody has said so.
 */
final class Exposure {

	private final ServerProperties server;

	private final ManagementServerProperties management;

	Exposure(ServerProperties server, ManagementServerProperties management) {
		this.server = server;
		this.management = management;
	}

	void requireLoopbackOrTls() {
		if (isPlain(this.server.getSsl()) && !isLoopback(this.server.getAddress())) {
			throw refused("server", this.server.getAddress());
		}
		if (hasManagementPort() && isPlain(this.management.getSsl()) && !isLoopback(this.management.getAddress())) {
			throw refused("management.server", this.management.getAddress());
		}
	}

	void requireLoopback() {
		if (!isLoopback(this.server.getAddress())
				|| (hasManagementPort() && !isLoopback(this.management.getAddress()))) {
			throw new StartRefusedException("The demo listens on loopback only: everybody can read how to get in.",
					"Remove server.address and management.server.address, or start without the profile demo.");
		}
	}

	private boolean hasManagementPort() {
		Integer port = this.management.getPort();
		return port != null && port >= 0;
	}

	private static boolean isPlain(@Nullable Ssl ssl) {
		return !Ssl.isEnabled(ssl);
	}

	private static boolean isLoopback(@Nullable InetAddress address) {
		return address != null && address.isLoopbackAddress();
	}

	private static StartRefusedException refused(String prefix, @Nullable InetAddress address) {
		String where = (address != null) ? address.getHostAddress() : "every interface";
		return new StartRefusedException(
				"%s.address is %s and there is no TLS: tokens and data would cross the network in the clear."
					.formatted(prefix, where),
				"Write %s.address: 127.0.0.1, or set up %s.ssl, or, where the network is trusted, holdfast.allow-plaintext: true."
					.formatted(prefix, prefix));
	}

}
