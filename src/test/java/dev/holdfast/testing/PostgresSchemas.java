package dev.holdfast.testing;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Behind {@link RequiresPostgres}: JUnit closes the server after the last test. */
final class PostgresSchemas implements ParameterResolver {

	private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace
		.create(PostgresSchemas.class);

	@Override
	public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
		return parameter.getParameter().getType() == PostgresSchema.class;
	}

	@Override
	public PostgresSchema resolveParameter(ParameterContext parameter, ExtensionContext context) {
		return context.getRoot()
			.getStore(NAMESPACE)
			.computeIfAbsent(PostgresServer.class,
					(type) -> PostgresServer.start(PostgresCondition.programs().orElseThrow()), PostgresServer.class)
			.schema();
	}

}
