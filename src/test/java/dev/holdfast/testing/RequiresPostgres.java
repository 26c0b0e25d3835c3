package dev.holdfast.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The test uses a PostgreSQL server. All tests share one, which starts with the first of
 * them; each parameter of type {@link PostgresSchema} is a schema of its own there.
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith({ PostgresCondition.class, PostgresSchemas.class })
public @interface RequiresPostgres {

}
