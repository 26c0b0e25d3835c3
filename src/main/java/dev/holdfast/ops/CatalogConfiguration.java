package dev.holdfast.ops;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;

import dev.holdfast.audit.AuditLog;
import dev.holdfast.audit.AuditRetention;
import dev.holdfast.catalog.Catalog;
import dev.holdfast.catalog.CatalogException;
import dev.holdfast.operation.Operations;
import dev.holdfast.tenant.FailedAuthentications;
import dev.holdfast.tenant.StoredUses;
import dev.holdfast.tenant.Tenants;
import dev.holdfast.tenant.Tokens;

import org.springframework.boot.actuate.autoconfigure.web.server.ManagementServerProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * What is kept in the data directory: the catalog, and with it operations, tenants and
 * tokens. The directory is the first thing that is opened, once it is clear that the
 * service may listen where it is told to; everything that is opened later closes before
 * it.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ HoldfastProperties.class, ServerProperties.class, ManagementServerProperties.class })
class CatalogConfiguration {

	@Bean
	Exposure exposure(HoldfastProperties properties, ServerProperties server, ManagementServerProperties management) {
		Exposure exposure = new Exposure(server, management);
		if (!properties.allowPlaintext()) {
			exposure.requireLoopbackOrTls();
		}
		return exposure;
	}

	@Bean
	DataDirectory dataDirectory(HoldfastProperties properties, Exposure exposure) {
		return DataDirectory.open(properties.dataDirectory());
	}

	@Bean
	Catalog catalog(DataDirectory directory) {
		try {
			return Catalog.open(directory.file(DataDirectory.CATALOG));
		}
		catch (CatalogException ex) {
			throw new StartRefusedException(String.valueOf(ex.getMessage()),
					"Restore %s in %s from a copy; the volumes themselves are on the devices."
						.formatted(DataDirectory.CATALOG, directory.path()),
					ex);
		}
	}

	@Bean
	AuditLog auditLog(Catalog catalog) {
		return new AuditLog(catalog, Clock.systemUTC());
	}

	@Bean(destroyMethod = "close")
	AuditRetention auditRetention(Catalog catalog) {
		return new AuditRetention(catalog, Clock.systemUTC());
	}

	@Bean
	Operations operations(Catalog catalog) {
		return new Operations(catalog, Clock.systemUTC());
	}

	@Bean
	Tenants tenants(Catalog catalog) {
		return new Tenants(catalog, Clock.systemUTC());
	}

	@Bean
	Tokens tokens(Catalog catalog, HoldfastProperties properties) {
		return new Tokens(catalog, Clock.systemUTC(), properties.access().tokensPerTenant());
	}

	@Bean
	FailedAuthentications failedAuthentications(HoldfastProperties properties) {
		return new FailedAuthentications(properties.access().failedAuthentications());
	}

	@Bean(destroyMethod = "close")
	StoredUses storedUses(Tokens tokens) {
		return new StoredUses(tokens);
	}

	/**
	 * Access for whoever has just started it. A demo needs none, unless it is provided.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Administration {

		Administration(DataDirectory directory, Tokens tokens, HoldfastProperties properties, AuditLog audit,
				Environment environment) throws IOException {
			Path provided = properties.adminTokenFile();
			if (provided != null || !environment.matchesProfiles("demo")) {
				AdministratorToken.ensure(directory, tokens, provided, audit);
			}
		}

	}

}
