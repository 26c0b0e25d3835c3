package dev.holdfast.ops;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;

/**
 * Gives the web servers a place in the data directory for the directories that they
 * insist on and nobody uses. Otherwise they make some in {@code /tmp} at each start,
 * which a container with a read-only root does not have, and a kill leaves there.
 * <p>
 * Of the service's own server this is part because it is in a scanned package, of the one
 * for health and metrics because {@code META-INF/spring} names it.
 */
@ManagementContextConfiguration(proxyBeanMethods = false)
class WebDirectories {

	@Bean
	WebServerFactoryCustomizer<TomcatServletWebServerFactory> directories(DataDirectory directory) {
		return (factory) -> {
			Path base = directory.file("web");
			Path root = base.resolve("root");
			try {
				Files.createDirectories(root);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
			factory.setBaseDirectory(base.toAbsolutePath().toFile());
			factory.setDocumentRoot(root.toAbsolutePath().toFile());
		};
	}

}
