package dev.holdfast.ops;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.holdfast.api.rest.ServingNode;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * What this machine is called, and where its clients reach it.
 */
@Configuration(proxyBeanMethods = false)
class NodeConfiguration {

	private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

	@Bean
	ServingNode servingNode(HoldfastProperties properties, ServerProperties server, Environment environment) {
		String given = properties.nodeName();
		String name = (given != null) ? given : hostName();
		URI endpoint = properties.endpoint();
		return new ServingNode(name, () -> (endpoint != null) ? endpoint : listening(name, server, environment));
	}

	/** The port may be one that the kernel has chosen. */
	private static URI listening(String name, ServerProperties server, Environment environment) {
		return address(name, Ssl.isEnabled(server.getSsl()), server.getAddress(),
				environment.getRequiredProperty("local.server.port", Integer.class));
	}

	/**
	 * The address of a server.
	 * @param address that it listens on; any means that only the machine's name will do
	 */
	static URI address(String name, boolean encrypted, @Nullable InetAddress address, int port) {
		String host = name;
		if (address != null && !address.isAnyLocalAddress()) {
			String literal = address.getHostAddress();
			host = literal.contains(":") ? "[" + literal.replaceAll("%.*", "") + "]" : literal;
		}
		return URI.create("%s://%s:%d".formatted(encrypted ? "https" : "http", host, port));
	}

	/** As the kernel has it: asking the network could take long, or be wrong. */
	private static String hostName() {
		try {
			String name = Files.readString(HOST_NAME).strip();
			return HoldfastProperties.isNodeName(name) ? name : "localhost";
		}
		catch (IOException ex) {
			return "localhost";
		}
	}

}
