package dev.holdfast.ops;

import java.io.IOException;
import java.nio.file.Path;

import dev.holdfast.tenant.Role;
import dev.holdfast.tenant.Tenants;
import dev.holdfast.tenant.TokenSpec;
import dev.holdfast.tenant.Tokens;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;

/**
 * The first minute of somebody who has just cloned the repository: a tenant, a token in a
 * file, and four lines to paste.
 */
@Configuration(proxyBeanMethods = false)
@Profile("demo")
class DemoConfiguration {

	private static final String TENANT = "demo";

	@Bean
	HeaderFile demoHeader(Exposure exposure, DataDirectory directory, Tenants tenants, Tokens tokens)
			throws IOException {
		exposure.requireLoopback();
		tenants.create(TENANT);
		HeaderFile file = new HeaderFile(directory.file("demo.header"));
		new StoredToken(tokens, new TokenSpec(TENANT, "demo", Role.TENANT, null), file).ensure();
		return file;
	}

	@Bean
	ApplicationListener<ApplicationReadyEvent> demoLines(HeaderFile demoHeader) {
		return (event) -> {
			String port = event.getApplicationContext().getEnvironment().getProperty("local.server.port", "8080");
			System.out.println(new DemoLines(demoHeader.path(), Path.of("").toAbsolutePath(), port).text());
		};
	}

}
